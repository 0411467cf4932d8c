import type { AppliedSettings } from "./applied";
import type { Move } from "./moves";

/** Environment variable with the name of the plan of `npm run migrate` that deploys the stack. */
export const migrationVariable = "OBSERVABILITY_MIGRATION";

/** Environment variable that is set while a plan deploys only some components. */
export const partialVariable = "OBSERVABILITY_MIGRATION_PARTIAL";

/** The settings whose change loses no data if a plan deploys it, because the plan moves the data. */
const settingsOfPlans: Record<string, string[]> = {
    "minio-to-s3": ["objectStore.kind"],
    "minio-1-to-4": ["replicas.minio"],
    "tenant-on": ["tenant"],
    "loki-mode": ["mode.loki"],
    "mimir-mode": ["mode.mimir"],
    "tempo-mode": ["mode.tempo"],
    "pyroscope-mode": ["mode.pyroscope"],
};

/** The changes that are still refused while a plan deploys the stack. Without a plan, all. */
export function refusedOutsidePlan(refused: Move[], env: Record<string, string | undefined> = process.env): Move[] {
    const allowed = settingsOfPlans[env[migrationVariable] ?? ""] ?? [];
    return refused.filter(({ setting }) => !allowed.includes(setting));
}

/**
 * The settings to keep with the stack. While a plan deploys only some components, they stay those of the last complete deployment, because the other
 * components still have them.
 */
export function appliedAfter(
    before: AppliedSettings | undefined,
    after: AppliedSettings,
    env: Record<string, string | undefined> = process.env,
): AppliedSettings {
    return env[partialVariable] === undefined ? after : (before ?? after);
}
