import type { Finding } from "./finding";

// Half full, and more comes in than goes out: what reads the queue is down or too slow.
const fullRatio = 0.5;

/** The exporters' queues in the metrics of a collector or of Alloy, in Prometheus' text format. */
export function queueFindings(pod: string, metrics: string): Finding[] {
    const sizes = valuesOf(metrics, "otelcol_exporter_queue_size");
    const capacities = valuesOf(metrics, "otelcol_exporter_queue_capacity");
    return [...sizes].map(([queue, size]) => {
        const capacity = capacities.get(queue);
        const full = capacity ? size / capacity : 0;
        return {
            area: "queues",
            subject: `${pod} ${queue}`,
            ok: full < fullRatio,
            text: capacity ? `${size} of ${capacity} (${Math.round(full * 100)} %)` : `${size}`,
        };
    });
}

/** Values of a metric by what tells its queues apart. */
function valuesOf(metrics: string, name: string): Map<string, number> {
    const lines = metrics.matchAll(new RegExp(`^${name}(?:_ratio)?\\{([^}]*)\\} (\\S+)`, "gm"));
    return new Map(
        [...lines].map(([, labels = "", value]) => {
            const label = (key: string) => new RegExp(`(?:^|,)${key}="([^"]*)"`).exec(labels)?.[1];
            const queue = [label("component_id"), label("exporter"), label("data_type")].filter(Boolean).join(" ");
            return [queue, Number(value)];
        }),
    );
}
