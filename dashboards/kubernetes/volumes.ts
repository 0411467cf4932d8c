import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, row } from "../lib/board";
import { anyNamespace } from "../lib/kubernetes-variables";
import { lines, number, rows } from "../lib/panels";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const by = "namespace, persistentvolumeclaim";
const volume = (metric: string) => `max by (${by}) (kubelet_volume_stats_${metric}{${inNamespace}})`;
const full = `${volume("used_bytes")} / ${volume("capacity_bytes")}`;
// Twelve hours, so that a nightly clean-up does not hide the trend of a day.
const growth = `max by (${by}) (deriv(kubelet_volume_stats_used_bytes{${inNamespace}}[12h]))`;

/** Volumes that are claimed, and when they are full. */
export default (): Dashboard =>
    board(
        {
            uid: "kubernetes-volumes",
            title: "Volumes",
            about: "How full volumes are, and when they will be.",
            variables: [cluster(), anyNamespace()],
            behind: { dashboards: { "kubernetes-namespace": "Namespace" }, logs: `{${inNamespace}}` },
        },
        row(
            "Which volume is full, or will be soon?",
            number("Volumes", {
                about: "Claims that a pod has mounted.",
                unit: unit.count,
                show: { volumes: `count(${volume("capacity_bytes")})` },
            }),
            number("Fullest", {
                about: "Share that is used of the fullest volume.",
                unit: unit.ratio,
                show: { used: `max(${full})` },
                warnAbove: 0.75,
                badAbove: 0.9,
            }),
            number("First full in", {
                about: "If it goes on as in the last twelve hours. None while no volume grows.",
                unit: unit.seconds,
                show: { "full in": `min(${volume("available_bytes")} / (${growth} > 0))` },
                badBelow: 3 * 86400,
            }),
            rows("Volumes", {
                about: "Each claim, the fullest first.",
                width: 24,
                height: 10,
                sortBy: "Used, share",
                columns: {
                    Size: { show: volume("capacity_bytes"), unit: unit.bytes },
                    Used: { show: volume("used_bytes"), unit: unit.bytes },
                    "Used, share": { show: full, unit: unit.ratio, warnAbove: 0.75, badAbove: 0.9 },
                    "Inodes, share": {
                        show: `${volume("inodes_used")} / ${volume("inodes")}`,
                        unit: unit.ratio,
                        warnAbove: 0.75,
                        badAbove: 0.9,
                    },
                    "Full in": {
                        show: `${volume("available_bytes")} / (${growth} > 0)`,
                        unit: unit.seconds,
                        badBelow: 3 * 86400,
                    },
                },
                open: { namespace: { dashboard: "kubernetes-namespace", variables: { namespace: "namespace" } } },
            }),
        ),
        row(
            "How do they fill?",
            lines("Used", {
                about: "Share of each volume.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                badAbove: 0.9,
                show: { "{{namespace}} {{persistentvolumeclaim}}": full },
            }),
            lines("Inodes used", {
                about: "Share of each volume: many small files fill it before its bytes do.",
                unit: unit.ratio,
                width: 12,
                max: 1,
                badAbove: 0.9,
                show: {
                    "{{namespace}} {{persistentvolumeclaim}}": `${volume("inodes_used")} / ${volume("inodes")}`,
                },
            }),
        ),
    );
