import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { componentDrilldown, processPanels } from "../lib/component-panels";
import { createDashboard, row } from "../lib/dashboard";
import { podNamespaces, pods } from "../lib/kubernetes-variables";
import type { DashboardOptions } from "../lib/options";
import { flameGraph, stat, timeSeries } from "../lib/panels";
import { inCluster, jobSelector } from "../lib/selectors";
import { unit } from "../lib/units";
import { cluster } from "../lib/variables";

const selected = `${inCluster}, namespace=~"$namespace", pod=~"$pod"`;

/** CPU profiles of all processes, and the profiler that collects them. */
export default ({ namespace }: DashboardOptions): Dashboard => {
    const selector = jobSelector(namespace, "alloy-profiles");
    return createDashboard(
        {
            uid: "ebpf-profiles",
            title: "eBPF profiles",
            description: "CPU profiles of the processes of pods, and the state of the profiler.",
            variables: [cluster(), podNamespaces(), pods()],
            drilldown: componentDrilldown(namespace, "alloy-profiles", { profiles: selected }),
        },
        row(
            "CPU usage by function",
            flameGraph("CPU flame graph", {
                description: "CPU time by function in the selected pods. Profiles of SDKs and of scrapes are included.",
                query: selected,
            }),
        ),
        row(
            "Profiler",
            stat("Profiled containers", {
                description:
                    "The number of containers whose processes are profiled. One container can have several targets.",
                unit: unit.count,
                queries: { containers: `sum(pyroscope_ebpf_active_targets{${selector}})` },
            }),
            stat("Profiling nodes", {
                description: "The number of nodes on which the profiler runs.",
                unit: unit.count,
                queries: { nodes: `sum(up{${selector}})` },
            }),
            stat("Failed starts", {
                description:
                    "How often the profiler could not start since its pod has started, for example because of an old kernel. Normal is 0.",
                unit: unit.count,
                queries: { failed: `sum(pyroscope_ebpf_profiling_sessions_failing_total{${selector}})` },
                criticalAbove: 1,
            }),
            timeSeries("Profiles by node", {
                description: "Profiles per second that each pod of the profiler collects.",
                unit: unit.perSecond,
                width: 12,
                queries: {
                    "{{pod}}": `sum by (pod) (rate(pyroscope_ebpf_pprofs_total{${selector}}[$__rate_interval]))`,
                },
            }),
            timeSeries("Dropped profiles", {
                description: "Profiles per second that are lost, because Pyroscope does not accept them. Normal is 0.",
                unit: unit.perSecond,
                width: 12,
                empty: "No dropped profiles",
                queries: {
                    "{{pod}}": `sum by (pod) (rate(pyroscope_write_dropped_profiles_total{${selector}}[$__rate_interval]))`,
                },
            }),
        ),
        row("Process", ...processPanels(selector)),
    );
};
