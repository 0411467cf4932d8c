import * as fs from "fs";
import * as path from "path";
import { durationSeconds } from "../../validation/durations";
import { defaultLoad, defaultLoadInterval, loadWaitSeconds } from "../../validation/load";
import { contract, endpoints } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import { packageRoot } from "../helm/package-root";
import type { LoadMonitorArgs } from "./args";
import { k6Command, k6Image, loadConfig } from "./config";

const { release } = contract.loadMonitor;

const labels = { "app.kubernetes.io/name": release, "app.kubernetes.io/instance": release };

/** Seconds that k6 needs in addition: to start, for its last requests, and to end. */
const reserveSeconds = 120;

/** The files of the load test, by name. */
export function scriptFiles(): { [file: string]: string } {
    const folder = path.join(packageRoot, "load");
    const files = fs.readdirSync(folder).filter((file) => /\.(ts|proto)$/.test(file) && !file.endsWith(".d.ts"));
    return Object.fromEntries(files.sort().map((file) => [file, fs.readFileSync(path.join(folder, file), "utf8")]));
}

/** The metadata of the objects of the load monitor. */
export function metadata({ namespace }: Pick<LoadMonitorArgs, "namespace">) {
    return { name: release, namespace, labels };
}

/** The spec of the CronJob. */
export function cronJobSpec(args: LoadMonitorArgs) {
    const interval = args.intervalMinutes ?? defaultLoadInterval;
    const seconds = durationSeconds(args.duration ?? defaultLoad.duration) ?? 0;
    return {
        schedule: interval === 60 ? "0 * * * *" : `*/${interval} * * * *`,
        // Two runs at the same time would count the spans of each other.
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: 60,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
            metadata: { labels },
            spec: {
                backoffLimit: 0,
                activeDeadlineSeconds: seconds + loadWaitSeconds + reserveSeconds,
                template: { metadata: { labels }, spec: podSpec(args) },
            },
        },
    };
}

function podSpec(args: LoadMonitorArgs) {
    const { zipkin, otlpGrpc, otlpHttp, tempo, loki, mimir } = endpoints(args.namespace, args.clusterDomain);
    const config = loadConfig(args, {
        namespace: release,
        urls: { zipkin: new URL(zipkin).origin, otlpGrpc, otlpHttp, tempo, loki, mimir },
    });
    const { args: k6Args, env } = k6Command(config);
    return {
        serviceAccountName: release,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        restartPolicy: "Never",
        imagePullSecrets: pullSecrets(args),
        ...scheduling(args),
        securityContext: {
            runAsNonRoot: true,
            // The user of the image.
            runAsUser: 12345,
            runAsGroup: 12345,
            seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
            {
                name: "k6",
                image: `${args.imageRegistry ?? k6Image.registry}/${k6Image.repository}:${k6Image.tag}`,
                imagePullPolicy: "IfNotPresent",
                command: ["k6"],
                args: k6Args,
                workingDir: "/load",
                env: Object.entries(env).map(([name, value]) => ({ name, value })),
                resources: {
                    requests: { cpu: "100m", memory: "128Mi" },
                    limits: { cpu: "1", memory: "512Mi" },
                },
                securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                },
                volumeMounts: [{ name: "load", mountPath: "/load", readOnly: true }],
            },
        ],
        volumes: [{ name: "load", configMap: { name: release } }],
    };
}
