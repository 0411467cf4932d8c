import { queryMetrics } from "../../cli/verify/backends";
import type { Connections } from "../../cli/verify/connections";
import { eventually, pause } from "../live/process";
import { type Backends, backendsOf, difference, storedInAll } from "./counts";
import { type Counts, LoadPod } from "./load-pod";
import { NodePod } from "./node-pod";
import { Report, type Row } from "./report";
import { namespace, TestStack } from "./stack";
import { podsOf } from "./workloads";

const perSecond = 20;
const readableSeconds = 120;

/** A stack that receives every signal while something happens to it. */
export class LoadedStack {
    private sources: Backends[];

    private constructor(
        private readonly report: Report,
        readonly stack: TestStack,
        private readonly connections: Connections,
        private readonly load: LoadPod,
        readonly node: NodePod,
    ) {
        this.sources = [backendsOf(connections)];
    }

    /** @param tenant the tenant that the application sends with its profiles. Default: none. */
    static async deploy(title: string, settings: object, tenant?: string): Promise<LoadedStack> {
        const stack = await TestStack.create();
        try {
            await stack.up(settings);
            const connections = await stack.connections();
            const [pod] = await podsOf(stack.cluster, "loki");
            return new LoadedStack(
                new Report(title),
                stack,
                connections,
                await LoadPod.start(stack.cluster, namespace, tenant),
                await NodePod.start(stack.cluster, pod?.spec?.nodeName),
            );
        } catch (error) {
            await stack.delete();
            throw error;
        }
    }

    /** The backends, with the newest tenant. */
    get backends(): Backends {
        return this.sources.at(-1) ?? backendsOf(this.connections);
    }

    /** The backends with each tenant that is read. */
    get allBackends(): readonly Backends[] {
        return this.sources;
    }

    /** From now on, counts what is stored under these tenants together. The last one is the newest. */
    readTenants(...tenants: Record<keyof Backends, string>[]): void {
        this.sources = tenants.map((names) => backendsOf(this.connections, names));
    }

    async delete(): Promise<void> {
        this.report.end();
        await Promise.all([this.node.close(), this.load.close(), this.connections.close()]);
        await this.stack.delete();
    }

    /**
     * Sends data before, during and after an event, and compares what was accepted with what is stored. The data has a service name of its own, so
     * that a loss belongs to this event.
     *
     * @param happen causes the event, and returns the seconds until the stack was ready again. Undefined if this cluster does not allow the event:
     *     then it is not part of the report.
     * @param healthAfterSeconds when `health` runs, in seconds after the start of the event.
     */
    async during(event: string, happen: () => Promise<number | undefined>, healthAfterSeconds = 0): Promise<Row> {
        const service = event.replace(/[^a-zA-Z0-9]+/g, "-").toLowerCase();
        await this.load.send(service, perSecond);
        await pause(5);
        const findings = pause(healthAfterSeconds).then(() => this.findings());
        const ready = await happen();
        await pause(10);
        const { accepted, rejected } = await this.load.stop(service);
        const { lost, readable } = await this.missing(service, accepted);
        const row = {
            ...{ event, accepted, lost, rejected, ready: ready ?? 0, readable },
            findings: await findings,
            alerts: await this.alerts(),
        };
        if (ready !== undefined) {
            this.report.add(row);
        }
        return row;
    }

    stored(service: string): Promise<Counts> {
        return storedInAll(this.sources, service);
    }

    /** Waits until everything is stored. Returns what is still missing after a timeout. */
    private async missing(service: string, accepted: Counts): Promise<Pick<Row, "lost" | "readable">> {
        const started = Date.now();
        let lost: Partial<Counts> = accepted;
        const complete = async () => {
            lost = difference(accepted, await this.stored(service));
            expect(lost).toEqual({});
        };
        try {
            await eventually("everything is stored", complete, readableSeconds);
            return { lost, readable: (Date.now() - started) / 1000 };
        } catch {
            return { lost, readable: undefined };
        }
    }

    private async findings(): Promise<string[]> {
        const { report } = await this.stack.json("health").catch((error: unknown) => ({
            report: { findings: [{ subject: "health", ok: undefined, text: (error as Error).message }] },
        }));
        return (report.findings as any[])
            .filter(({ ok }) => ok !== true)
            .map(({ subject, text }) => `${subject}: ${text}`);
    }

    private async alerts(): Promise<string[]> {
        const series = await queryMetrics(this.backends.mimir, 'ALERTS{alertstate=~"pending|firing"}');
        return [...new Set(series.map(({ labels }) => `${labels["alertname"]} (${labels["alertstate"]})`))].sort();
    }
}
