import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { durationSeconds } from "../../validation/durations";
import {
    defaultLoad,
    defaultLoadInterval,
    loadIntervals,
    maximumVus,
    monitorRange,
    samplingToleranceMistake,
} from "../../validation/load";
import { checkDeployment, checkDuration, checkRatio, rejectArgument } from "../checks";
import { oneOfText } from "../../validation/nearest";
import { SamplingMode } from "../otel-collector/args";
import type { LoadMonitorArgs } from "./args";
import { cronJobSpec, metadata, scriptFiles } from "./values";

export { k6Command, loadConfig } from "./config";

/**
 * Deploys k6 as a CronJob that plays a shop of services: it sends spans, log records and metrics to the collector, and compares what it has sent with what
 * Tempo, Loki and Mimir report. Its results are metrics in Mimir.
 */
export class LoadMonitor extends pulumi.ComponentResource {
    /** @throws ResourceError if an argument is invalid, or if a tolerance is smaller than the sampling error. The message names the argument. */
    constructor(name: string, args: LoadMonitorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("observability:index:LoadMonitor", name, args, opts);
        checkDeployment(this, args);
        this.checkRun(args);
        const account = new k8s.core.v1.ServiceAccount(
            `${name}-account`,
            { metadata: metadata(args), automountServiceAccountToken: false },
            { parent: this },
        );
        const script = new k8s.core.v1.ConfigMap(
            `${name}-script`,
            { metadata: metadata(args), data: scriptFiles() },
            { parent: this },
        );
        new k8s.batch.v1.CronJob(
            `${name}-job`,
            { metadata: metadata(args), spec: cronJobSpec(args) },
            { parent: this, dependsOn: [account, script] },
        );
        this.registerOutputs({});
    }

    private checkRun(args: LoadMonitorArgs): void {
        const {
            vus = defaultLoad.vus,
            duration = defaultLoad.duration,
            samplingRatio,
            samplingMode = SamplingMode.Head,
        } = args;
        if (!loadIntervals.includes(args.intervalMinutes ?? defaultLoadInterval)) {
            rejectArgument(this, "intervalMinutes", args.intervalMinutes, `one of ${loadIntervals.join(", ")}`);
        }
        if (!(Number.isInteger(vus) && vus >= 1 && vus <= maximumVus)) {
            rejectArgument(this, "vus", vus, `a whole number from 1 to ${maximumVus}`);
        }
        checkDuration(this, "duration", duration, monitorRange);
        if (!isSamplingMode(samplingMode)) {
            rejectArgument(this, "samplingMode", samplingMode, oneOfText(samplingMode, Object.values(SamplingMode)));
        }
        checkRatio(this, "samplingRatio", samplingRatio);
        if (samplingRatio === 0) {
            rejectArgument(this, "samplingRatio", samplingRatio, "above 0, because otherwise no trace is stored");
        }
        for (const argument of ["tolerance", "samplingTolerance"] as const) {
            const value = args[argument];
            if (value !== undefined && !(value > 0)) {
                rejectArgument(this, argument, value, "a number above 0");
            }
        }
        const seconds = durationSeconds(duration) ?? 0;
        const allowed =
            args.samplingTolerance !== undefined &&
            samplingToleranceMistake(args.samplingTolerance, { samplingMode, samplingRatio, vus, seconds });
        if (allowed) {
            rejectArgument(this, "samplingTolerance", args.samplingTolerance, allowed);
        }
    }
}

function isSamplingMode(mode: string): mode is SamplingMode {
    return Object.values<string>(SamplingMode).includes(mode);
}
