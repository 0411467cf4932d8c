import * as pulumi from "@pulumi/pulumi";
import { instrumentationMistakes } from "../../validation/auto-instrumentation";
import { oneOfText } from "../../validation/nearest";
import { checkDeployment, checkRatio, rejectArgument } from "../checks";
import { contract } from "../contract";
import { deployChart, stateInputs } from "../helm/chart";
import { type AutoInstrumentationArgs, InstrumentationKind } from "./args";
import { createPermissions } from "./permissions";
import { autoInstrumentationValues, instrumentationPin } from "./values";

/**
 * Deploys Beyla or OpenTelemetry eBPF Instrumentation on each Linux node: request rates, errors, durations and traces of services that have no SDK. Its pods
 * run as root with capabilities for eBPF and in the process namespace of the node, so the namespace must allow the Pod Security level "privileged". Nodes need
 * Linux 5.8 or later or Linux 4.18 of RHEL 8, with BTF.
 */
export class AutoInstrumentation extends pulumi.ComponentResource {
    /** @throws ResourceError if an argument is invalid. The message names the argument. */
    constructor(name: string, args: AutoInstrumentationArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:AutoInstrumentation", name, stateInputs(args), opts);
        checkDeployment(this, args);
        checkRatio(this, "samplingRatio", args.samplingRatio ?? 1);
        this.checkArguments(args);
        const { release } = contract.autoInstrumentation;
        const dependsOn = createPermissions(name, args.namespace, this);
        deployChart(
            `${name}-chart`,
            { pin: instrumentationPin(args.kind), release, values: autoInstrumentationValues(args), overrides: args },
            args,
            { parent: this, dependsOn },
        );
        this.registerOutputs({});
    }

    private checkArguments(args: AutoInstrumentationArgs): void {
        const kinds: string[] = Object.values(InstrumentationKind);
        if (args.kind !== undefined && !kinds.includes(args.kind)) {
            rejectArgument(this, "kind", args.kind, oneOfText(args.kind, kinds));
        }
        if (!/^https?:\/\/[^/\s]+\/?$/.test(args.otlpEndpoint)) {
            rejectArgument(
                this,
                "otlpEndpoint",
                args.otlpEndpoint,
                'a URL without a path, such as "http://otel-collector-opentelemetry-collector:4318"',
            );
        }
        const mistakes = instrumentationMistakes(args, args.namespace);
        if (mistakes.length > 0) {
            throw new pulumi.ResourceError(
                mistakes.map(({ key, message }) => `${key} ${message}`).join("\n"),
                this,
                true,
            );
        }
    }
}
