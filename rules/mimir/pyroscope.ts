import type { RuleFile } from "../define";
import { failedRequests, unhealthyMembers } from "../expressions";

export default {
    group: "pyroscope",
    needs: ["alloyMetrics", "pyroscope"],
    dashboard: "stores-pyroscope",
    description: "Pyroscope, the profile backend.",
    rules: [
        {
            alert: "PyroscopeRingMemberUnhealthy",
            severity: "critical",
            for: "15m",
            summary: "Pyroscope: {{ $value }} members of the {{ $labels.name }} ring are unhealthy",
            expr: () => unhealthyMembers("pyroscope", "pyroscope"),
        },
        {
            alert: "PyroscopeRequestErrors",
            severity: "warning",
            for: "10m",
            threshold: { default: 0.05, unit: "ratio of failed requests, from 0 to 1" },
            summary:
                "Pyroscope: {{ $value | humanizePercentage }} of the requests to {{ $labels.route }} fail with a server error",
            expr: (share) => failedRequests("pyroscope", "pyroscope", share),
        },
        {
            alert: "PyroscopeProfilesDiscarded",
            severity: "warning",
            for: "10m",
            summary:
                "Pyroscope: {{ $value | humanize1024 }}B of profiles per second are discarded ({{ $labels.reason }})",
            expr: () =>
                'sum by (cluster, namespace, job, tenant, reason) (rate(pyroscope_discarded_bytes_total{job="pyroscope"}[5m])) > 0',
        },
        {
            alert: "PyroscopeMetastoreNoLeader",
            severity: "critical",
            for: "10m",
            summary: "Pyroscope: the metastore has no leader and accepts no writes",
            expr: () =>
                'sum by (cluster, namespace, job) (pyroscope_metastore_raft_state{job="pyroscope"}) unless sum by (cluster, namespace, job) (pyroscope_metastore_raft_state{job="pyroscope", state="Leader"}) > 0',
        },
    ],
} satisfies RuleFile;
