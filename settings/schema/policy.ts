import * as names from "../../validation/names";
import { isObjectName, objectForm, policyRules } from "../../validation/policy";
import { group, type PerProfile, setting } from "./setting";
import { duration, listOf, nonEmpty, oneOf, someOf, strict, text } from "./types";

const minimum = (signal: string) =>
    duration({ minimum: "1h", reason: `a shorter minimum would allow every retention of ${signal}`, example: "14d" });

/** In dev, every retention is accepted. In prod, the defaults are below those of retention. */
const minimumOf = (signal: string, prod: string, per: PerProfile) =>
    setting(minimum(signal).default(per({ dev: "1h", prod })), {
        description: `Minimum of retention.${signal}.`,
        example: "30d",
    });

const exemption = strict({
    rule: setting(oneOf(...policyRules), {
        description: "Name of the rule.",
        example: "archived-chart",
    }),
    object: setting(text(objectForm, isObjectName), {
        description: "Object that may violate the rule, as KIND/NAME.",
        example: "StatefulSet/minio",
    }),
    reason: setting(nonEmpty(), {
        description: "Why the object may violate the rule. The policy pack prints it.",
        example: "The image is our own build with security fixes.",
    }),
});

/** What the policy pack requires. */
export const policy = (per: PerProfile) =>
    group(
        {
            allowedRegistries: setting(someOf(text(names.registryForm, names.isRegistry), "registries").optional(), {
                description: "Registries from which images may come. A registry can have a path.",
                computed: "images.registry if it is set, otherwise the registries of the charts",
                example: ["registry.example.com"],
                needs: { images: { registry: "registry.example.com/mirror" } },
            }),
            minimumRetention: group(
                {
                    logs: minimumOf("logs", "7d", per),
                    traces: minimumOf("traces", "3d", per),
                    metrics: minimumOf("metrics", "7d", per),
                    profiles: minimumOf("profiles", "3d", per),
                },
                { description: "Shortest retention of each signal that the policy pack accepts." },
            ),
            exemptions: setting(listOf(exemption, "exemptions").default([]), {
                description: "Objects that may violate a rule of the policy pack, each with a reason.",
                example: [
                    {
                        rule: "archived-chart",
                        object: "StatefulSet/minio",
                        reason: "The image is our own build with security fixes.",
                    },
                ],
            }),
        },
        {
            description: "What the policy pack in the folder policy/ requires. See docs/policies.md.",
            stackFileOnly: true,
        },
    );
