import {
    type Policies,
    PolicyPack,
    type PolicyResource,
    type ResourceValidationArgs,
    type ResourceValidationPolicy,
    type StackValidationPolicy,
} from "@pulumi/policy";
import { isCache } from "../components/caches";
import { loadSettings } from "../settings/load";
import { resolveSettings, type Settings } from "../settings/resolve";
import { checkAnnotation, checkObject, checkStack, type CheckResult, exemptionRule, withExemptions } from "./check";
import { policyContext } from "./context";
import { type KubernetesObject, objectTitle } from "./objects";
import type { ObjectRule, PolicyContext, StackRule } from "./rule";
import { objectRules, protectedData, stackRules } from "./rules";

// The adapter between the rules and Pulumi. The rules themselves know nothing of Pulumi.

/** Pulumi passes the configuration of the stack to the pack. If it has mistakes, the program lists them. */
function settingsOfStack(): Settings {
    try {
        return loadSettings();
    } catch {
        return resolveSettings({});
    }
}

const context = policyContext(settingsOfStack());

/** An object of Kubernetes with its manifest. Undefined for other resources, and for patches of objects that belong to others. */
function objectOf({ type, props }: Pick<PolicyResource, "type" | "props">): KubernetesObject | undefined {
    return type.startsWith("kubernetes:") && !type.endsWith("Patch") && "kind" in props && "metadata" in props
        ? (props as KubernetesObject)
        : undefined;
}

/** The settings of the pack in the file of --policy-pack-config replace those of the stack. */
function configured(config: Partial<PolicyContext>): PolicyContext {
    return {
        ...context,
        ...(config.allowedRegistries && { allowedRegistries: config.allowedRegistries }),
        ...(config.minimumRetention && { minimumRetention: config.minimumRetention }),
    };
}

const configSchemas: Record<string, ResourceValidationPolicy["configSchema"]> = {
    "image-registry": { properties: { allowedRegistries: { type: "array", items: { type: "string" } } } },
    "minimum-retention": {
        properties: { minimumRetention: { type: "object", additionalProperties: { type: "string" } } },
    },
};

function report(
    { violations }: Pick<CheckResult, "violations">,
    reportViolation: (message: string, urn?: string) => void,
    urnOf: (object: KubernetesObject) => string | undefined = () => undefined,
): void {
    violations.forEach(({ object, message }) => reportViolation(`${objectTitle(object)}: ${message}`, urnOf(object)));
}

function objectPolicy(rule: ObjectRule): ResourceValidationPolicy {
    return {
        name: rule.name,
        description: rule.description,
        enforcementLevel: "mandatory",
        configSchema: configSchemas[rule.name],
        validateResource: (args, reportViolation) => {
            const object = objectOf(args);
            if (object !== undefined) {
                report(checkObject(rule, object, configured(args.getConfig())), reportViolation);
            }
        },
    };
}

interface Resources {
    objects: KubernetesObject[];
    urnOf: (object: KubernetesObject) => string | undefined;
}

function objectsOf(resources: PolicyResource[]): Resources {
    const urns = new Map<KubernetesObject, string>();
    for (const resource of resources) {
        const object = objectOf(resource);
        if (object !== undefined) {
            urns.set(object, resource.urn);
        }
    }
    return { objects: [...urns.keys()], urnOf: (object) => urns.get(object) };
}

function stackPolicy(rule: StackRule): StackValidationPolicy {
    return {
        name: rule.name,
        description: rule.description,
        enforcementLevel: "mandatory",
        validateStack: ({ resources }, reportViolation) => {
            const { objects, urnOf } = objectsOf(resources);
            report(checkStack(rule, objects, context), reportViolation, urnOf);
        },
    };
}

function checkProtection({ type, opts }: ResourceValidationArgs, object: KubernetesObject): CheckResult {
    const holdsData =
        ["kubernetes:apps/v1:StatefulSet", "kubernetes:core/v1:PersistentVolumeClaim"].includes(type) &&
        !isCache(object.metadata.name);
    const message = "Pulumi may delete or replace it with its data. Set observability:protectData to true.";
    const isUnprotected = context.profile === "prod" && holdsData && !opts.protect;
    return withExemptions(protectedData.name, isUnprotected ? [{ object, message }] : [], context);
}

const protection: ResourceValidationPolicy = {
    ...protectedData,
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
        const object = objectOf(args);
        if (object !== undefined) {
            report(checkProtection(args, object), reportViolation);
        }
    },
};

const annotations: ResourceValidationPolicy = {
    ...exemptionRule,
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
        const object = objectOf(args);
        if (object !== undefined) {
            report({ violations: checkAnnotation(object) }, reportViolation);
        }
    },
};

/** Lists the violations that exemptions allow, so that each is seen in every preview. */
const exempted: ResourceValidationPolicy = {
    name: "exempted",
    description: "Lists the violations that an exemption allows.",
    enforcementLevel: "advisory",
    validateResource: (args, reportViolation) => {
        const object = objectOf(args);
        const found =
            object === undefined
                ? []
                : [...objectRules.map((rule) => checkObject(rule, object, context)), checkProtection(args, object)];
        found
            .flatMap((result) => result.exempted)
            .forEach(({ rule, object: exempt, message, reason }) =>
                reportViolation(`${objectTitle(exempt)} is exempt from the rule ${rule} (${reason}): ${message}`),
            );
    },
};

const policies: Policies = [
    ...objectRules.map(objectPolicy),
    ...stackRules.map(stackPolicy),
    protection,
    annotations,
    exempted,
];

new PolicyPack("observability", { policies });
