import type { Cases } from "../case";
import { notRunning } from "../ebpf";
import { constant, perSecond, seriesOf, stackLabels, value } from "../series";

const profiler = { job: "alloy-profiles", pod: "a" };

export default {
    EbpfProfilerNotRunning: notRunning("alloy-profiles", "Profiler"),
    EbpfProfilerNoProfiles: {
        after: "1h",
        fires: {
            [seriesOf("pyroscope_ebpf_active_targets", profiler)]: value(7),
            [seriesOf("pyroscope_ebpf_pprofs_total", { ...profiler, exported_service_name: "shop" })]: constant,
        },
        labels: { ...stackLabels, ...profiler },
        summary: "a: the profiler collects no profiles of 7 targets",
        silent: {
            [seriesOf("pyroscope_ebpf_active_targets", profiler)]: value(7),
            [seriesOf("pyroscope_ebpf_pprofs_total", { ...profiler, exported_service_name: "shop" })]: perSecond(1),
        },
    },
    EbpfProfilerDroppedProfiles: {
        after: "30m",
        fires: { [seriesOf("pyroscope_write_dropped_profiles_total", profiler)]: perSecond(2) },
        labels: { ...stackLabels, ...profiler },
        summary: "a: 2 profiles per second are dropped",
        silent: { [seriesOf("pyroscope_write_dropped_profiles_total", profiler)]: constant },
    },
} satisfies Cases;
