import { endpoints } from "../../components/contract";
import type { Cluster } from "../../cli/cluster/kubeconfig";
import { eventually } from "../live/process";
import { ProgramPod } from "./program-pod";

/** What the load pod sends. "zipkin" are the traces of the Dapr sidecar, "logs" are OTLP log records, and "lines" are lines of the pod log. */
export const signals = ["zipkin", "traces", "logs", "samples", "profiles", "lines"] as const;
export type Counts = Record<(typeof signals)[number], number>;

interface Stats {
    accepted: Counts;
    /** Batches that are not accepted yet. */
    pending: number;
    /** Reasons for which batches were rejected permanently. */
    rejected: string[];
    retries: number;
}

/** A pod that sends every signal, like an application with a Dapr sidecar and SDKs. */
export class LoadPod {
    private constructor(private readonly pod: ProgramPod) {}

    /** @param tenant what the Pyroscope SDK sends as its tenant. Default: none. */
    static async start(cluster: Cluster, namespace: string, tenant?: string): Promise<LoadPod> {
        const env = {
            ENDPOINTS: JSON.stringify(endpoints(namespace)),
            ...(tenant !== undefined && { TENANT: tenant }),
        };
        return new LoadPod(await ProgramPod.start(cluster, "load-pod", env));
    }

    /** Sends as a service until `stop`. Each service has its own counts. */
    async send(service: string, perSecond: number): Promise<void> {
        await this.pod.call("/start", { service, perSecond });
    }

    stats(service: string): Promise<Stats> {
        return this.pod.call("/stats", { service });
    }

    /** Stops, and waits until every batch was accepted. Returns the counts. */
    async stop(service: string): Promise<Stats> {
        await this.pod.call("/stop");
        return eventually(
            "the stack accepts all batches",
            async () => {
                const stats = await this.stats(service);
                expect(stats.pending).toBe(0);
                return stats;
            },
            240,
        );
    }

    close(): Promise<void> {
        return this.pod.close();
    }
}
