import * as fs from "fs";
import type { Counts } from "./load-pod";

/** What a fault or a rollout caused. */
export interface Row {
    event: string;
    accepted: Counts;
    /** Negative numbers are duplicates. */
    lost: Partial<Counts>;
    /** Reasons for which batches were rejected permanently, each with its signal. */
    rejected: string[];
    /** Seconds until the pods were ready again. */
    ready: number;
    /** Seconds from the end of the load until everything that was accepted could be read. Undefined if something was lost. */
    readable: number | undefined;
    /** Problems that `health` reported during the fault. */
    findings: string[];
    /** Alerts that were pending or firing at the end. */
    alerts: string[];
}

const header = ["Event", "Accepted", "Lost", "Rejected", "Ready after", "Readable after", "health", "Alerts"];

/**
 * A table of events, in Markdown. Each row is appended to the file of the environment variable TEST_REPORT, so that an interrupted run also has a
 * report. Without this variable, the table is printed at the end.
 */
export class Report {
    private readonly file = process.env["TEST_REPORT"];
    private text = "";

    constructor(title: string) {
        this.write(`## ${title}\n\n${line(header)}${line(header.map(() => "---"))}`);
    }

    add({ event, accepted, lost, rejected, ready, readable, findings, alerts }: Row): void {
        const cells = [
            event,
            counts(accepted),
            counts(lost) || "nothing",
            [...new Set(rejected)].join("<br>") || "nothing",
            `${Math.round(ready)} s`,
            readable === undefined ? "–" : `${Math.round(readable)} s`,
            findings.join("<br>") || "no problem",
            alerts.join("<br>") || "none",
        ];
        this.write(line(cells));
    }

    end(): void {
        this.write("\n");
        if (this.file === undefined) {
            process.stdout.write(this.text);
        }
    }

    private write(text: string): void {
        this.text += text;
        if (this.file !== undefined) {
            fs.appendFileSync(this.file, text);
        }
    }
}

function line(cells: string[]): string {
    return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\s+/g, " ")).join(" | ")} |\n`;
}

function counts(values: Partial<Counts>): string {
    return Object.entries(values)
        .map(([signal, count]) => `${count} ${signal}`)
        .join(", ");
}
