import type { Profile } from "../components/profile";

/** The defaults that differ between profiles. Everything else has one default, in schema.ts. */
export interface ProfileDefaults {
    samplingRatio: number;
    retention: { logs: string; traces: string; metrics: string; profiles: string };
    replicas: { collector: number; receiver: number; loki: number; mimir: number; minio: number };
    sizes: {
        loki: string;
        tempo: string;
        mimir: string;
        pyroscope: string;
        grafana: string;
        minio: string;
        collector: string;
        receiver: string;
    };
    /** Grafana's password where neither a password nor a Secret is given; undefined: a random one is made. */
    grafanaPassword: string | undefined;
}

export const profiles: Record<Profile, ProfileDefaults> = {
    dev: {
        samplingRatio: 1,
        retention: { logs: "2d", traces: "2d", metrics: "7d", profiles: "2d" },
        replicas: { collector: 1, receiver: 1, loki: 1, mimir: 1, minio: 1 },
        sizes: {
            loki: "5Gi",
            tempo: "5Gi",
            mimir: "5Gi",
            pyroscope: "5Gi",
            grafana: "5Gi",
            minio: "10Gi",
            collector: "1Gi",
            receiver: "1Gi",
        },
        grafanaPassword: "mathtrail",
    },
    prod: {
        samplingRatio: 0.1,
        retention: { logs: "30d", traces: "14d", metrics: "30d", profiles: "7d" },
        replicas: { collector: 3, receiver: 3, loki: 3, mimir: 3, minio: 4 },
        // Grafana keeps only its own database, the collector and the receiver queues for a few minutes' outage.
        sizes: {
            loki: "100Gi",
            tempo: "100Gi",
            mimir: "100Gi",
            pyroscope: "100Gi",
            grafana: "10Gi",
            minio: "100Gi",
            collector: "10Gi",
            receiver: "10Gi",
        },
        grafanaPassword: undefined,
    },
};
