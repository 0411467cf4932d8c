import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { podNamespaces } from "../lib/kubernetes-variables";
import { stat, table, timeSeries } from "../lib/panels";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const by = "namespace, persistentvolumeclaim";
const volume = (metric: string) => `max by (${by}) (kubelet_volume_stats_${metric}{${inNamespace}})`;
const usage = `${volume("used_bytes")} / ${volume("capacity_bytes")}`;
// With 12 hours, a daily cleanup affects the trend for half of the day only.
const growth = `max by (${by}) (deriv(kubelet_volume_stats_used_bytes{${inNamespace}}[12h]))`;

/** Usage of persistent volumes. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "kubernetes-volumes",
            title: "Volumes",
            description: "Usage of persistent volumes, and the time until they are full.",
            variables: [cluster(), podNamespaces()],
            drilldown: { dashboards: { "kubernetes-namespace": "Namespace" }, logs: `{${inNamespace}}` },
        },
        row(
            "Volume status",
            stat("Volumes", {
                description: "The number of PersistentVolumeClaims that a pod has mounted.",
                unit: unit.count,
                queries: { volumes: `count(${volume("capacity_bytes")})` },
            }),
            stat("Highest volume usage", {
                description: "The used percentage of the fullest volume.",
                unit: unit.ratio,
                queries: { used: `max(${usage})` },
                warnAbove: 0.75,
                criticalAbove: 0.9,
            }),
            stat("Shortest time until full", {
                description:
                    "The time until the first volume is full, predicted from the growth of the last twelve hours. The panel is empty if no volume grows.",
                unit: unit.seconds,
                queries: { "time until full": `min(${volume("available_bytes")} / (${growth} > 0))` },
                criticalBelow: 3 * 86400,
            }),
            table("Volumes", {
                description:
                    "Size, usage and predicted time until full of each PersistentVolumeClaim. The fullest volumes are at the top.",
                width: 24,
                height: 10,
                sortBy: "Usage",
                columns: {
                    Size: { query: volume("capacity_bytes"), unit: unit.bytes },
                    Used: { query: volume("used_bytes"), unit: unit.bytes },
                    Usage: { query: usage, unit: unit.ratio, warnAbove: 0.75, criticalAbove: 0.9 },
                    "Inode usage": {
                        query: `${volume("inodes_used")} / ${volume("inodes")}`,
                        unit: unit.ratio,
                        warnAbove: 0.75,
                        criticalAbove: 0.9,
                    },
                    "Time until full": {
                        query: `${volume("available_bytes")} / (${growth} > 0)`,
                        unit: unit.seconds,
                        criticalBelow: 3 * 86400,
                    },
                },
                links: { namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } } },
            }),
        ),
        row(
            "Usage over time",
            timeSeries("Volume usage", {
                description: "The used percentage of each volume.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                criticalAbove: 0.9,
                queries: { "{{namespace}} {{persistentvolumeclaim}}": usage },
            }),
            timeSeries("Inode usage", {
                description:
                    "The used percentage of the inodes of each volume. Many small files can use all inodes before the volume is full.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                criticalAbove: 0.9,
                queries: {
                    "{{namespace}} {{persistentvolumeclaim}}": `${volume("inodes_used")} / ${volume("inodes")}`,
                },
            }),
        ),
    );
