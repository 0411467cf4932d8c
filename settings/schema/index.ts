import type { z } from "zod";
import { Profile } from "../../components/profile";
import { alerting, alerts, slos } from "./alerting";
import { autoInstrumentation } from "./auto-instrumentation";
import { availability } from "./availability";
import { components, external } from "./components";
import { central } from "./central";
import { deployment, place } from "./deployment";
import { dapr, dashboards, grafana } from "./grafana";
import { networkPolicies } from "./network";
import { ingestion } from "./ingestion";
import { limits } from "./limits";
import { loadMonitor } from "./load-monitor";
import { mode } from "./mode";
import { redpanda } from "./redpanda";
import { redaction } from "./redaction";
import { policy } from "./policy";
import { prometheus } from "./prometheus";
import type { PerProfile } from "./setting";
import { signals } from "./signals";
import { objectStore, storage } from "./storage";
import { strict } from "./types";

/**
 * Declares every setting: its type, its default in each profile, and its description. `npm run generate` writes the arguments of
 * ObservabilityStack, the keys of Pulumi.yaml and docs/settings.md from this schema. ../rules.ts has the rules that cover several keys.
 */
function makeSchema(profile: Profile) {
    const per: PerProfile = (values) => values[profile];
    return strict({
        ...place(per),
        components,
        external,
        central,
        ...signals(per),
        prometheus: prometheus(per),
        redpanda: redpanda(per),
        autoInstrumentation,
        ingestion,
        redaction: redaction(per),
        limits: limits(per),
        mode,
        ...storage(per),
        ...availability,
        objectStore,
        grafana,
        dashboards: dashboards(),
        dapr,
        slos,
        alerts: alerts(),
        alerting,
        loadMonitor,
        networkPolicies: networkPolicies(per),
        ...deployment(per),
        policy: policy(per),
    });
}

const schemas = new Map<Profile, ReturnType<typeof makeSchema>>();

/** The schema of the settings, with the defaults of a profile. */
export function settingsSchema(profile: Profile): ReturnType<typeof makeSchema> {
    const schema = schemas.get(profile) ?? makeSchema(profile);
    schemas.set(profile, schema);
    return schema;
}

/** Grafana's password if neither a password nor a Secret is set. Undefined means a random password. */
export const defaultGrafanaPassword: Record<Profile, string | undefined> = { dev: "mathtrail", prod: undefined };

/** Keys that may be secret, and maps whose values may be. Their values never appear in a message. Every other value can appear in clear text in a chart. */
export const secretKeys = [
    "grafana.adminPassword",
    "grafana.oidc.clientSecret",
    "ingestion.external.credentials",
    "objectStore.accessKeyId",
    "objectStore.secretAccessKey",
];

/** Whether the value of a key may be secret: one of these keys, or a key in a map of secrets. */
export function isSecretKey(key: string): boolean {
    return secretKeys.some((secret) => key === secret || key.startsWith(`${secret}.`));
}

/** The checked settings: every key that has a default is present. */
export type CheckedSettings = z.output<ReturnType<typeof settingsSchema>>;
