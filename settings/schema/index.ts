import type { z } from "zod";
import { Profile } from "../../components/profile";
import { alerting, alerts, slos } from "./alerting";
import { deployment, place } from "./deployment";
import { dapr, dashboards, grafana } from "./grafana";
import type { PerProfile } from "./setting";
import { signals } from "./signals";
import { objectStore, storage } from "./storage";
import { strict } from "./types";

/**
 * The one home of every setting: its type, its default in each profile, and its text in the reference. `npm run generate` writes the
 * arguments of ObservabilityStack, the keys of Pulumi.yaml and docs/settings.md from it. Rules between keys are in ../rules.ts.
 */
function makeSchema(profile: Profile) {
    const per: PerProfile = (values) => values[profile];
    return strict({
        ...place(per),
        ...signals(per),
        ...storage(per),
        objectStore,
        grafana,
        dashboards: dashboards(),
        dapr,
        slos,
        alerts: alerts(),
        alerting,
        ...deployment,
    });
}

const schemas = new Map<Profile, ReturnType<typeof makeSchema>>();

/** The settings that a stack may set, with the defaults of a profile. */
export function settingsSchema(profile: Profile): ReturnType<typeof makeSchema> {
    const schema = schemas.get(profile) ?? makeSchema(profile);
    schemas.set(profile, schema);
    return schema;
}

/** Grafana's password if neither a password nor a Secret is set. Undefined stands for a random one. */
export const defaultGrafanaPassword: Record<Profile, string | undefined> = { dev: "mathtrail", prod: undefined };

/** Keys that may be secret. Their values never appear in a message. All other values may end in a chart, in clear text. */
export const secretKeys = ["grafana.adminPassword", "objectStore.accessKeyId", "objectStore.secretAccessKey"];

/** The checked settings: every key that has a default is present. */
export type CheckedSettings = z.output<ReturnType<typeof settingsSchema>>;
