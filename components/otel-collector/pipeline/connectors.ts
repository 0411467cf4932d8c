import { type CollectorComponents, typeOf } from "./components";

/** Connectors that are only an exporter or only a receiver. */
export function connectorsWithOneEnd({ connectors, pipelines }: CollectorComponents): string[] {
    return Object.keys(connectors).flatMap((name) => {
        const isExporter = Object.values(pipelines).some(({ exporters = [] }) => exporters.includes(name));
        const isReceiver = Object.values(pipelines).some(({ receivers = [] }) => receivers.includes(name));
        return isExporter === isReceiver
            ? []
            : [
                  `connectors.${name} is not ${isExporter ? "a receiver" : "an exporter"} of any pipeline; a connector must be an exporter of one pipeline and a receiver of another`,
              ];
    });
}

/** Forward connectors between pipelines of different signals. */
export function forwardToOtherSignal({ connectors, pipelines }: CollectorComponents): string[] {
    return Object.keys(connectors)
        .filter((name) => typeOf(name) === "forward")
        .flatMap((name) => {
            const pipelinesWith = (list: "receivers" | "exporters") =>
                Object.keys(pipelines).filter((id) => pipelines[id]?.[list]?.includes(name));
            return pipelinesWith("exporters").flatMap((from) =>
                pipelinesWith("receivers")
                    .filter((to) => typeOf(to) !== typeOf(from))
                    .map(
                        (to) =>
                            `connectors.${name} connects pipelines.${from} to pipelines.${to}; a forward connector cannot change the signal`,
                    ),
            );
        });
}

/** Pipelines whose data returns to them through connectors. */
export function cycles({ connectors, pipelines }: CollectorComponents): string[] {
    const next = (id: string): { pipeline: string; connector: string }[] =>
        (pipelines[id]?.exporters ?? [])
            .filter((name) => name in connectors)
            .flatMap((connector) =>
                Object.keys(pipelines)
                    .filter((pipeline) => pipelines[pipeline]?.receivers?.includes(connector))
                    .map((pipeline) => ({ pipeline, connector })),
            );
    return Object.keys(pipelines).flatMap((start) => {
        const reached = new Map<string, string>();
        const queue = next(start);
        for (const { pipeline, connector } of queue) {
            if (!reached.has(pipeline)) {
                reached.set(pipeline, connector);
                queue.push(...next(pipeline));
            }
        }
        const last = reached.get(start);
        return last === undefined
            ? []
            : [`pipelines.${start} is in a cycle: connectors.${last} sends its data back to it`];
    });
}
