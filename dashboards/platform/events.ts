import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { podNamespaces } from "../lib/kubernetes-variables";
import { barGauge, logs, timeSeries } from "../lib/panels";
import { inNamespace } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const events = `{${inNamespace}, service_name="kubernetes-events"}`;
const warnings = `${events} | level="warn"`;

/** Events of Kubernetes, which Loki stores longer than the API server. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "platform-events",
            title: "Kubernetes events",
            description: "Events of pods, nodes and other objects, from Loki. The API server keeps them for an hour.",
            variables: [cluster(), podNamespaces()],
            drilldown: { dashboards: { "kubernetes-namespace": "Namespace" }, logs: events },
        },
        row(
            "Warnings",
            timeSeries("Warnings by reason", {
                description:
                    "Events of the type Warning, such as BackOff, FailedScheduling or Unhealthy. A repeated event is counted each time.",
                unit: unit.count,
                width: 16,
                logQueries: { "{{reason}}": `sum by (reason) (count_over_time(${warnings} [$__auto]))` },
                stacked: true,
            }),
            barGauge("Objects with the most warnings", {
                description: "The objects with the most events of the type Warning in the selected time range.",
                unit: unit.count,
                height: 8,
                logQueries: {
                    "{{kind}} {{name}}": `topk(10, sum by (kind, name) (count_over_time(${warnings} [$__range])))`,
                },
            }),
            logs("Warnings", {
                description: "The newest events of the type Warning.",
                query: `${warnings} | json msg="msg" | line_format "{{.reason}} {{.kind}} {{.name}}: {{.msg}}"`,
            }),
        ),
        row(
            "All events",
            timeSeries("Events by reason", {
                description: "All events. A rollout or a drain shows as a wave of Killing, Scheduled and Started.",
                unit: unit.count,
                width: 24,
                logQueries: { "{{reason}}": `sum by (reason) (count_over_time(${events} [$__auto]))` },
                stacked: true,
            }),
            logs("Events", {
                description: "The newest events.",
                query: `${events} | json msg="msg" | line_format "{{.reason}} {{.kind}} {{.name}}: {{.msg}}"`,
            }),
        ),
    );
