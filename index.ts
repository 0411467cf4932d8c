import * as k8s from "@pulumi/kubernetes";
import { ObservabilityStack } from "./stack";
import { loadSettings } from "./settings/load";

/** The Pulumi program of a stack. Reads the settings, deploys the stack, and returns its outputs. */
export = () => {
    const settings = loadSettings();
    const provider = new k8s.Provider("kubernetes", {
        context: settings.kubeContext,
        // Updates ConfigMaps and Secrets in place. Otherwise Pulumi replaces them, and pods cannot mount them meanwhile.
        enableConfigMapMutable: true,
        enableSecretMutable: true,
    });
    const stack = new ObservabilityStack("observability", settings, { providers: [provider] });
    return {
        /** URLs of the stack inside the cluster. */
        endpoints: stack.endpoints,
        namespace: stack.namespace,
        grafanaUrl: stack.grafanaUrl,
        /** Names of the Secrets, not their contents. */
        secrets: stack.secretNames,
        /** Share of the traces that applications should sample and send. */
        samplingRatio: stack.samplingRatio,
    };
};
