import * as fs from "fs";
import type { Counts } from "./load-pod";

/** What a fault or a rollout caused. */
export interface Row {
    event: string;
    accepted: Counts;
    /** Negative numbers are duplicates. */
    lost: Partial<Counts>;
    /** Seconds until the pods were ready again. */
    ready: number;
    /** Seconds from the end of the load until everything that was accepted could be read. Undefined if something was lost. */
    readable: number | undefined;
    /** Problems that `health` reported during the fault. */
    findings: string[];
    /** Alerts that were pending or firing at the end. */
    alerts: string[];
}

/** A table of all rows, in Markdown. */
export function table(rows: Row[]): string {
    const header = ["Event", "Accepted", "Lost", "Ready after", "Readable after", "health", "Alerts"];
    const lines = rows.map(({ event, accepted, lost, ready, readable, findings, alerts }) => [
        event,
        counts(accepted),
        counts(lost) || "nothing",
        `${Math.round(ready)} s`,
        readable === undefined ? "–" : `${Math.round(readable)} s`,
        findings.join("<br>") || "no problem",
        alerts.join("<br>") || "none",
    ]);
    return [header, header.map(() => "---"), ...lines]
        .map((cells) => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|").replace(/\s+/g, " ")).join(" | ")} |\n`)
        .join("");
}

/** Appends the table to the file of the environment variable TEST_REPORT, or prints it. */
export function writeReport(title: string, rows: Row[]): void {
    const text = `## ${title}\n\n${table(rows)}\n`;
    const file = process.env["TEST_REPORT"];
    if (file === undefined) {
        process.stdout.write(`\n${text}`);
    } else {
        fs.appendFileSync(file, text);
    }
}

function counts(values: Partial<Counts>): string {
    return Object.entries(values)
        .map(([signal, count]) => `${count} ${signal}`)
        .join(", ");
}
