import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { createDashboard, row } from "../lib/dashboard";
import { stat, timeSeries } from "../lib/panels";
import { inCluster } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const scheduler = `${inCluster}, job="kube-scheduler"`;
const manager = `${inCluster}, job="kube-controller-manager"`;
const rate = (metric: string, by: string, of: string) => `sum by (${by}) (rate(${metric}{${of}}[$__rate_interval]))`;
const pending = (by: string, more = "") => `max by (${by}) (scheduler_pending_pods{${scheduler}${more}})`;

/** kube-scheduler and kube-controller-manager. */
export default (): Dashboard =>
    createDashboard(
        {
            uid: "control-plane-controllers",
            title: "Scheduler and controllers",
            description: "Pending pods, scheduling and work queues of kube-scheduler and kube-controller-manager.",
            variables: [cluster()],
            drilldown: {
                dashboards: { "kubernetes-cluster": "Cluster" },
                logs: `{${inCluster}, namespace="kube-system", pod=~"kube-(scheduler|controller-manager).*"}`,
            },
        },
        row(
            "Scheduler and controllers status",
            stat("Schedulers up", {
                description: "The number of kube-schedulers that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${scheduler}})` },
                criticalBelow: 1,
            }),
            stat("Controller managers up", {
                description: "The number of kube-controller-managers that can be scraped.",
                unit: unit.count,
                queries: { up: `sum(up{${manager}})` },
                criticalBelow: 1,
            }),
            stat("Unschedulable pods", {
                description: "Pods for which no node fits.",
                unit: unit.count,
                queries: { pods: `sum(${pending("queue", ', queue="unschedulable"')})` },
                warnAbove: 1,
            }),
        ),
        row(
            "kube-scheduler",
            timeSeries("Pending pods", {
                description:
                    "Pods by queue. active: waiting for an attempt. backoff: waiting after a failure. unschedulable: no node fits.",
                unit: unit.count,
                queries: { "{{queue}}": pending("queue") },
            }),
            timeSeries("Scheduling attempts", {
                description: "Attempts per second by result.",
                unit: unit.perSecond,
                queries: { "{{result}}": rate("scheduler_schedule_attempts_total", "result", scheduler) },
            }),
            timeSeries("p99 duration of attempts", {
                description: "99 % of the attempts take less time.",
                unit: unit.seconds,
                queries: {
                    "{{result}}": `histogram_quantile(0.99, ${rate("scheduler_scheduling_attempt_duration_seconds_bucket", "result, le", scheduler)})`,
                },
            }),
        ),
        row(
            "kube-controller-manager",
            timeSeries("Work queues", {
                description:
                    "Items that wait in the queues of the controllers. A queue that grows belongs to a controller that is too slow.",
                unit: unit.count,
                empty: "All queues are empty",
                queries: { "{{name}}": `topk(10, max by (name) (workqueue_depth{${manager}}) > 0)` },
            }),
            timeSeries("Retries", {
                description: "Items per second that a controller has tried again, because of an error.",
                unit: unit.perSecond,
                queries: { "{{name}}": `topk(10, ${rate("workqueue_retries_total", "name", manager)} > 0)` },
                empty: "No retries",
            }),
            timeSeries("Failed requests to the API server", {
                description:
                    "Requests per second of both programs that were not answered with a status from 200 to 299.",
                unit: unit.perSecond,
                empty: "No failed requests",
                queries: {
                    "{{job}} {{code}}": `sum by (job, code) (rate(rest_client_requests_total{${inCluster}, job=~"kube-scheduler|kube-controller-manager", code!~"2.."}[$__rate_interval]))`,
                },
            }),
        ),
    );
