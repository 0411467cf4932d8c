import type { CollectorPipelineArgs } from "../args";
import { type CollectorComponents, currentTypeOf, typeOf } from "./components";

/** Pipelines that send unsampled traces to an exporter of sampled traces. */
export function exportsBeforeSampling({ connectors, pipelines }: CollectorComponents): string[] {
    const hasSampling = ({ processors = [] }: CollectorPipelineArgs) =>
        processors.some((name) => currentTypeOf(name) === "tail_sampling");
    const exportersOfSampled = Object.values(pipelines)
        .filter(hasSampling)
        .flatMap(({ exporters = [] }) => exporters);
    return Object.entries(pipelines)
        .filter(([id, pipeline]) => typeOf(id) === "traces" && !hasSampling(pipeline))
        .flatMap(([id, { exporters = [] }]) =>
            exporters
                .filter((name) => exportersOfSampled.includes(name) && !(name in connectors))
                .map(
                    (name) =>
                        `pipelines.${id} exports all traces to ${name}, which must export only the traces that tail sampling keeps`,
                ),
        );
}

/** Tail sampling processors without a valid decision wait or without policies. */
export function incompleteTailSampling({ processors }: CollectorComponents): string[] {
    return Object.entries(processors)
        .filter(([id]) => currentTypeOf(id) === "tail_sampling")
        .flatMap(([id, config]: [string, { decision_wait?: unknown; policies?: unknown[] } | null]) => {
            const wait = config?.decision_wait;
            return [
                ...(/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(String(wait))
                    ? []
                    : [
                          `processors.${id}.decision_wait is ${JSON.stringify(wait) ?? "missing"}; it must be a duration such as 10s`,
                      ]),
                ...(config?.policies?.length
                    ? []
                    : [`processors.${id}.policies is empty; all traces would be dropped`]),
            ];
        });
}
