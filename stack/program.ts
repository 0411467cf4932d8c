import * as k8s from "@pulumi/kubernetes";
import { type AppliedSettings, appliedSettings } from "../settings/applied";
import type { Settings } from "../settings/resolve";
import { ObservabilityStack } from ".";
import type { StackEndpoints } from "./endpoints";

/** The outputs of a stack. Other Pulumi programs can read them. */
export interface StackOutputs {
    /** URL of each service in the cluster. */
    endpoints: StackEndpoints;
    namespace: string;
    /** Undefined without Grafana. */
    grafanaUrl: string | undefined;
    /** Names of the Secrets with credentials, by purpose. */
    secrets: { [purpose: string]: string };
    /** Sampling ratio that applications must use, from 0 to 1. */
    samplingRatio: number;
    /** The settings that decide where data is. The next deployment is compared with them. */
    applied: AppliedSettings;
}

/** Creates the provider and the stack for settings from a stack file. */
export function deploy(settings: Settings): StackOutputs {
    const provider = new k8s.Provider("kubernetes", {
        context: settings.kubeContext,
        // Without these options, the provider replaces a changed ConfigMap or Secret instead of updating it.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
    });
    const stack = new ObservabilityStack("observability", settings, { providers: [provider] });
    return {
        endpoints: stack.endpoints,
        namespace: stack.namespace,
        grafanaUrl: stack.grafanaUrl,
        secrets: stack.secretNames,
        samplingRatio: stack.samplingRatio,
        applied: appliedSettings(settings),
    };
}
