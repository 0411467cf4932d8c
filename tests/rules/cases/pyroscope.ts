import type { Cases } from "../case";
import { seriesOf, stackLabels, value } from "../series";
import { discardedData, requestErrors, ringUnhealthy } from "../stores";

export default {
    PyroscopeRingMemberUnhealthy: ringUnhealthy(
        "pyroscope",
        "pyroscope",
        "Pyroscope: 1 members of the ingester ring are unhealthy",
    ),
    PyroscopeRequestErrors: requestErrors("pyroscope", "pyroscope", "Pyroscope"),
    PyroscopeProfilesDiscarded: discardedData(
        "pyroscope_discarded_bytes_total",
        { job: "pyroscope", tenant: "anonymous" },
        "Pyroscope: 4B of profiles per second are discarded (rate_limited)",
    ),
    PyroscopeMetastoreNoLeader: {
        after: "30m",
        fires: { [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: value(1) },
        labels: { ...stackLabels, job: "pyroscope" },
        summary: "Pyroscope: the metastore has no leader and accepts no writes",
        silent: {
            [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Candidate" })]: "1x4 _x100",
            [seriesOf("pyroscope_metastore_raft_state", { job: "pyroscope", state: "Leader" })]: "_x5 1x100",
        },
    },
} satisfies Cases;
