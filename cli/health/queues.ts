import type { Finding } from "./finding";

// A queue is usually almost empty. If half of it is used, the receiver of its data is down or too slow.
const fullRatio = 0.5;

/** Reports how full each exporter queue is. @param metrics of a collector, in the text format of Prometheus. */
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
            text: capacity
                ? `${Math.round(full * 100)} % of the queue is used (${size} of ${capacity})`
                : `the size of the queue is ${size}; its capacity is unknown`,
        };
    });
}

/** The values of a metric by queue. */
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
