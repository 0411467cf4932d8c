import type { PolicyRule } from "../validation/policy";
import type { KubernetesObject } from "./objects";

/** Signals with a minimum retention. */
export const signals = ["logs", "traces", "metrics", "profiles"] as const;
export type Signal = (typeof signals)[number];

/** One object that may violate one rule. */
export interface Exemption {
    rule: string;
    /** The object as KIND/NAME, such as "DaemonSet/lgtm-alloy-logs". */
    object: string;
    /** Why the object violates the rule. */
    reason: string;
}

/** What the rules compare objects with. */
export interface PolicyContext {
    profile: string;
    /** Registries from which images may come, with optional paths. */
    allowedRegistries: readonly string[];
    /** Minimum retention of a signal as a duration, such as "7d". A signal without a value has no minimum. */
    minimumRetention: Readonly<Partial<Record<Signal, string | undefined>>>;
    exemptions: readonly Exemption[];
}

/** The name of a rule, and one sentence that says what it requires. */
export interface RuleText {
    name: PolicyRule;
    description: string;
}

/** A rule about a single object. */
export interface ObjectRule extends RuleText {
    /** @returns one text for each violation: what is wrong, and how to correct it. */
    check(object: KubernetesObject, context: PolicyContext): string[];
}

/** An object with its violation. */
export interface Finding {
    object: KubernetesObject;
    /** What is wrong, and how to correct it. */
    message: string;
}

/** A rule that needs all objects of a stack. */
export interface StackRule extends RuleText {
    checkAll(objects: KubernetesObject[], context: PolicyContext): Finding[];
}

/** A violated rule. */
export interface Violation extends Finding {
    rule: string;
}
