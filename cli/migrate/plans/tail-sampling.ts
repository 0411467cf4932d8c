import { CoreV1Api, type V1Pod } from "@kubernetes/client-node";
import { callApi } from "../../cluster/api";
import { deployChange } from "../deploy-change";
import type { Plan, StepContext } from "../plan";

/** The step that changes the sampling ratio of the applications. */
const allTraces = "all-traces";

/** Moves the sampling decision from the applications to the collector. */
export const tailSampling: Plan = {
    name: "tail-sampling",
    title: "Changes from head to tail sampling, so that no trace is sampled twice.",
    misfit: ({ applied, settings }) => {
        if (applied.samplingMode === "tail") {
            return "the stack already uses tail sampling";
        }
        return settings.tracing.samplingMode === "tail"
            ? undefined
            : 'tracing.samplingMode is "head" in the stack file; set it to "tail"';
    },
    describe: ({ settings }) => ({
        does: [
            "Deploys head sampling with samplingRatio 1. Dapr sidecars and SDKs that start from now on send all traces, and the collector stores all of them.",
            `Waits until no Dapr sidecar in ${namespacesText(settings.dapr.namespaces)} has the old ratio. Sidecars read it only when they start.`,
            `Deploys tail sampling: the collector keeps traces with errors, slow traces, and ${settings.tracing.samplingRatio * 100} % of the others.`,
        ],
        unavailable: [
            "Nothing. Each replica of the collector restarts twice, and the senders retry.",
            ...(settings.profile === "dev"
                ? [
                      "In the profile dev, the spans of a few seconds can be lost: the collector and Tempo restart at the same time, and the queues of the collector are in an emptyDir.",
                  ]
                : []),
            "Between both deployments, all traces are stored. Until all sidecars are restarted, request rates from spans are too low, because each sampled span counts once.",
        ],
        needs: [
            "A restart of all application pods with a Dapr sidecar, and of services whose SDK has a sampling ratio: they must use ratio 1 (OTEL_TRACES_SAMPLER=always_on or parentbased_always_on).",
            "Memory in the collector for all spans of tracing.tail.decisionWait, and space in the bucket of Tempo for all traces of the time between both deployments.",
        ],
        rollback: [
            "Deploy the old settings, and restart all pods with a Dapr sidecar. Until services that sample in an SDK have their old ratio, all their traces are stored.",
        ],
    }),
    steps: [
        {
            id: allTraces,
            title: "Deploy head sampling with ratio 1",
            ownProgress: true,
            run: (context) => deployChange(context, tailSampling.name, { settings: allTracesSettings() }),
        },
        {
            id: "applications",
            title: "Find sidecars with the old sampling ratio",
            question: () =>
                "Have all services that configure sampling in an SDK been set to ratio 1? The pods with a Dapr sidecar are checked.",
            declined: "the stack stores all traces until then",
            run: checkSidecars,
        },
        {
            id: "tail",
            title: "Deploy tail sampling",
            ownProgress: true,
            run: (context) => deployChange(context, tailSampling.name),
        },
    ],
    commit: ({ settings: { tracing } }) => ({ tracing: { ...tracing } }),
};

/** Head sampling of all traces. */
export function allTracesSettings(): Record<string, unknown> {
    return { tracing: { samplingMode: "head", samplingRatio: 1 } };
}

function namespacesText(namespaces: readonly string[]): string {
    return namespaces.length === 0 ? "the application namespaces (there are none)" : namespaces.join(", ");
}

/** @throws Error that lists the pods whose sidecar has not been restarted since the first deployment. */
async function checkSidecars({ cluster, settings, record, stack, onProgress }: StepContext): Promise<void> {
    const since = new Date(record.progress.done[allTraces] ?? 0);
    const core = cluster.config.makeApiClient(CoreV1Api);
    const old: V1Pod[] = [];
    for (const namespace of settings.dapr.enabled ? settings.dapr.namespaces : []) {
        const { items } = await callApi(
            cluster,
            `list the pods of ${namespace}`,
            core.listNamespacedPod({ namespace }),
        );
        old.push(...sidecarsBefore(items, since));
    }
    if (old.length > 0) {
        const namespaces = [...new Set(old.map(({ metadata }) => metadata?.namespace))];
        throw new Error(
            `${old.length} pods have a Dapr sidecar from before ${since.toISOString()}: ${old.map(({ metadata }) => metadata?.name).join(", ")}. ` +
                `Restart them, and run \`npm run migrate -- ${tailSampling.name} ${stack}\` again:${namespaces.map((name) => `\n  kubectl rollout restart deployment --namespace ${name}`).join("")}`,
        );
    }
    onProgress("all sidecars have the new ratio");
}

/** The pods with a Dapr sidecar that started before a time. */
export function sidecarsBefore(pods: V1Pod[], time: Date): V1Pod[] {
    return pods.filter(({ metadata, spec, status }) => {
        const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
        const started = status?.startTime ?? metadata?.creationTimestamp;
        return containers.some(({ name }) => name === "daprd") && started !== undefined && started < time;
    });
}
