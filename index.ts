import * as k8s from "@pulumi/kubernetes";
import { ObservabilityStack } from "./stack";
import { loadSettings } from "./settings/load";

/** The program of a stack: settings, provider, stack, outputs. */
export = () => {
    const settings = loadSettings();
    const provider = new k8s.Provider("kubernetes", {
        context: settings.kubeContext,
        // A changed ConfigMap or Secret is changed in place; else it would be gone for a moment.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
    });
    const stack = new ObservabilityStack("observability", settings, { providers: [provider] });
    return {
        /** Where the parts of the stack answer: what other platforms depend on. */
        endpoints: stack.endpoints,
        namespace: stack.namespace,
        grafanaUrl: stack.grafanaUrl,
        /** Names, never contents. */
        secrets: stack.secretNames,
        /** The share of traces that applications should send. */
        samplingRatio: stack.samplingRatio,
    };
};
