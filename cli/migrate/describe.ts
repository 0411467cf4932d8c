import { dump } from "js-yaml";
import type { Change, MigrateOptions, Plan } from "./plan";
import type { Progress } from "./record";

/** What a plan will do, what is unavailable and what it needs, for a person. */
export function describePlan(plan: Plan, change: Change, options: MigrateOptions, progress?: Progress): string {
    const { does, unavailable, needs, rollback } = plan.describe(change, options);
    const list = (title: string, entries: string[], mark: (index: number) => string) =>
        entries.length === 0 ? [] : [`\n${title}`, ...entries.map((entry, index) => `  ${mark(index)} ${entry}`)];
    const dash = () => "-";
    return [
        `${plan.name}: ${plan.title}`,
        ...list("What it does:", does, (index) => `${index + 1}.`),
        ...list("What is unavailable:", unavailable, dash),
        ...list("What it needs:", needs, dash),
        ...list("How to go back:", rollback, dash),
        ...(progress === undefined ? [] : ["", describeProgress(plan, progress)]),
    ].join("\n");
}

/** How far an interrupted migration has come. */
export function describeProgress({ steps }: Plan, { started, owner, done }: Progress): string {
    const next = steps.find(({ id }) => done[id] === undefined);
    const completed = steps.filter(({ id }) => done[id] !== undefined).length;
    return `This migration was started at ${started}, last by ${owner}. ${completed} of ${steps.length} steps are done. It continues with: ${next?.title ?? "the end"}.`;
}

/** The settings to commit, as lines of the stack file. */
export function settingsText(settings: Record<string, unknown>): string {
    const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
    const config = Object.fromEntries(entries.map(([key, value]) => [`observability:${key}`, value]));
    return dump({ config }, { skipInvalid: true, lineWidth: -1 }).trimEnd();
}
