import * as k8s from "@pulumi/kubernetes";
import type { Endpoints } from "../components/contract";
import type { Settings } from "../settings/resolve";
import { ObservabilityStack } from ".";

/** The outputs of a stack. Other platforms depend on them. */
export interface StackOutputs {
    /** URL of each service in the cluster. */
    endpoints: Endpoints;
    namespace: string;
    grafanaUrl: string;
    /** Names of the Secrets with credentials, by purpose. */
    secrets: { [purpose: string]: string };
    /** Ratio of traces that applications should send, from 0 to 1. */
    samplingRatio: number;
}

/** Creates the provider and the stack for settings from a stack file. */
export function deploy(settings: Settings): StackOutputs {
    const provider = new k8s.Provider("kubernetes", {
        context: settings.kubeContext,
        // Without these, a changed ConfigMap or Secret is deleted and created again.
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
    };
}
