import * as pulumi from "@pulumi/pulumi";
import {
    checkAutoscaling,
    checkCollectFrom,
    checkDeployment,
    checkExpressions,
    checkLogLevels,
    checkRedaction,
    checkReplicas,
    rejectArgument,
} from "../checks";
import { contract, serviceHost } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { pins } from "../helm/pins";
import { databaseMistakes, valueMistakes } from "../../validation/databases";
import { controlPlaneParts, isControlPlanePart } from "../../validation/control-plane";
import { oneOfText } from "../../validation/nearest";
import { kafkaMistakes, kafkaValueMistakes } from "../../validation/kafka";
import { isProbeName, probeMistakes, probeNameForm } from "../../validation/probes";
import {
    alloyLogsValues,
    alloyMetricsValues,
    alloyProfilerValues,
    alloyReceiverValues,
    alloyKafkaValues,
    alloySingletonValues,
    metricsOtlpUrl,
    metricsRemoteWriteUrl,
} from "./values";
import { monitorCrds, prometheusRuleCrd, requireOperatorCrds } from "./monitors";
import type { AlloyArgs, AlloySingletonArgs, DatabaseArgs, KafkaArgs, ProbeArgs } from "./args";

export { monitorCrds, prometheusRuleCrd } from "./monitors";

/**
 * Deploys Alloy in up to six roles, each as a separate release: receiver, log collector, metrics scraper, a single replica for the sources that are read
 * once for the whole cluster, a single replica for the metrics of Kafka, and a profiler with eBPF.
 */
export class Alloy extends pulumi.ComponentResource {
    /** gRPC target of the receiver, such as "dns:///HOST:PORT". DNS returns all replicas, so that clients balance the load. */
    readonly otlpGrpcEndpoint: string;
    /** Base URL of the receiver for OTLP over HTTP. */
    readonly otlpHttpEndpoint: string;

    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: AlloyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:Alloy", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkReplicas(this, "receiver.replicas", args.receiver?.replicas);
        checkAutoscaling(this, "receiver.autoscaling", args.receiver?.autoscaling);
        checkExpressions(this, "logs.dropLines", args.logs?.dropLines);
        checkLogLevels(this, "logs.minimumLevel", args.logs?.minimumLevel);
        checkRedaction(this, "logs.redaction", args.logs?.redaction);
        checkExpressions(this, "metrics.dropNames", args.metrics?.dropNames);
        checkRedaction(this, "singleton.redaction", args.singleton?.redaction);
        this.checkProbes(args.singleton?.probes ?? []);
        this.checkDatabases(args.singleton?.databases ?? []);
        this.checkKafka(args.kafka?.clusters ?? []);
        const unknown = args.singleton?.controlPlane?.find((part) => !isControlPlanePart(part));
        if (unknown !== undefined) {
            rejectArgument(this, "singleton.controlPlane", unknown, oneOfText(unknown, controlPlaneParts));
        }
        checkCollectFrom(this, args);
        this.checkBackends(args);
        const { alloyReceiver, alloyLogs, alloyMetrics, alloySingleton, alloyProfiles } = contract;
        const roles = [
            { role: "receiver", release: alloyReceiver.release, args: args.receiver, values: alloyReceiverValues },
            { role: "logs", release: alloyLogs.release, args: args.logs, values: alloyLogsValues },
            { role: "metrics", release: alloyMetrics.release, args: args.metrics, values: alloyMetricsValues },
            {
                role: "singleton",
                release: alloySingleton.release,
                args: { ...args.singleton, enabled: hasSource(args.singleton) },
                values: alloySingletonValues,
            },
            {
                role: "kafka",
                release: contract.alloyKafka.release,
                args: { ...args.kafka, enabled: (args.kafka?.clusters ?? []).length > 0 },
                values: alloyKafkaValues,
            },
            {
                role: "profiler",
                release: alloyProfiles.release,
                args: { ...args.profiler, enabled: args.profiler?.enabled ?? false },
                values: alloyProfilerValues,
            },
        ].filter(({ args: role }) => role?.enabled ?? true);
        const { prometheusOperator, rulerUrl } = args.singleton ?? {};
        const crds = [
            ...(prometheusOperator
                ? requireOperatorCrds(name, monitorCrds, "set prometheusOperator to false", this)
                : []),
            ...(rulerUrl === undefined ? [] : requireOperatorCrds(name, [prometheusRuleCrd], "remove rulerUrl", this)),
        ];
        for (const { role, release, args: overrides, values } of roles) {
            deployChart(`${name}-${role}`, { pin: pins.alloy, release, values: values(args), overrides }, args, {
                parent: this,
                ...(role === "singleton" && crds.length > 0 && { dependsOn: crds }),
            });
        }
        const host = serviceHost(alloyReceiver.service, args.namespace, args.clusterDomain);
        this.otlpGrpcEndpoint = `dns:///${host}:${alloyReceiver.ports.otlpGrpc}`;
        this.otlpHttpEndpoint = `http://${host}:${alloyReceiver.ports.otlpHttp}`;
        this.registerOutputs({ otlpGrpcEndpoint: this.otlpGrpcEndpoint, otlpHttpEndpoint: this.otlpHttpEndpoint });
    }

    private checkProbes(probes: ProbeArgs[]): void {
        const [wrongName] = probes.filter(({ name }) => !isProbeName(name));
        const [mistake] = probeMistakes(probes);
        if (wrongName !== undefined) {
            rejectArgument(this, "singleton.probes", wrongName.name, `names of ${probeNameForm}`);
        }
        if (mistake !== undefined) {
            const [index, key] = mistake.path;
            throw new pulumi.ResourceError(`singleton.probes[${index}].${key} ${mistake.message}`, this, true);
        }
    }

    private checkDatabases(databases: DatabaseArgs[]): void {
        const mistakes = [...valueMistakes(databases), ...databaseMistakes(databases)];
        if (mistakes.length > 0) {
            const sentences = mistakes.map(
                ({ path: [index, key], message }) => `singleton.databases[${index}].${key} ${message}`,
            );
            throw new pulumi.ResourceError(sentences.join("\n"), this, true);
        }
    }

    private checkKafka(clusters: KafkaArgs[]): void {
        const mistakes = [...kafkaValueMistakes(clusters), ...kafkaMistakes(clusters)];
        if (mistakes.length > 0) {
            const sentences = mistakes.map(
                ({ path: [index, key], message }) => `kafka.clusters[${index}].${key} ${message}`,
            );
            throw new pulumi.ResourceError(sentences.join("\n"), this, true);
        }
    }

    private checkBackends(args: AlloyArgs): void {
        const { lokiUrl, tempoOtlpGrpcEndpoint, pyroscopeUrl, receiver, logs, metrics, singleton, profiler } = args;
        const isEnabled = (role: { enabled?: boolean } | undefined) => role?.enabled ?? true;
        const required = [
            isEnabled(receiver) &&
                receiver?.profiles &&
                pyroscopeUrl === undefined &&
                "pyroscopeUrl is missing; receiver.profiles needs it. Set it, or remove receiver.profiles",
            isEnabled(receiver) &&
                !receiver?.profiles &&
                [lokiUrl, tempoOtlpGrpcEndpoint, metricsOtlpUrl(args)].every((url) => url === undefined) &&
                "receiver has no backend; set lokiUrl, tempoOtlpGrpcEndpoint or mimirUrl, or set receiver.enabled to false",
            isEnabled(logs) &&
                lokiUrl === undefined &&
                "lokiUrl is missing; the log collector needs it. Set it, or set logs.enabled to false",
            isEnabled(metrics) &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the metrics scraper needs it. Set it, or set metrics.enabled to false",
            profiler?.enabled === true &&
                pyroscopeUrl === undefined &&
                "pyroscopeUrl is missing; the profiler needs it. Set it, or set profiler.enabled to false",
            singleton?.kubernetesEvents === true &&
                lokiUrl === undefined &&
                "lokiUrl is missing; the events of Kubernetes need it. Set it, or set singleton.kubernetesEvents to false",
            (singleton?.probes ?? []).length > 0 &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the probes need it. Set it, or remove singleton.probes",
            (singleton?.databases ?? []).length > 0 &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the metrics of databases need it. Set it, or remove singleton.databases",
            (args.kafka?.clusters ?? []).length > 0 &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the metrics of Kafka need it. Set it, or remove kafka.clusters",
            (singleton?.controlPlane ?? []).length > 0 &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the metrics of the control plane need it. Set it, or remove singleton.controlPlane",
            singleton?.prometheusOperator === true &&
                metricsRemoteWriteUrl(args) === undefined &&
                "mimirUrl is missing; the targets of monitors need it. Set it, or set singleton.prometheusOperator to false",
        ].filter((mistake) => typeof mistake === "string");
        if (required.length > 0) {
            throw new pulumi.ResourceError(required.join("\n"), this, true);
        }
    }
}

/** Whether the role for sources of the cluster has something to read. */
function hasSource(args: AlloySingletonArgs = {}): boolean {
    const {
        kubernetesEvents = false,
        probes = [],
        databases = [],
        prometheusOperator = false,
        rulerUrl,
        controlPlane = [],
    } = args;
    return (
        kubernetesEvents ||
        prometheusOperator ||
        rulerUrl !== undefined ||
        probes.length + databases.length + controlPlane.length > 0
    );
}
