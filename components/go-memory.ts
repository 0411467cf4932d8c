import { quantityValue } from "../validation/quantities";
import type { HelmValues } from "./helm/values";

/** The variable with which the runtime of Go limits its memory. */
export const goMemoryVariable = "GOMEMLIMIT";

/** The share of the memory limit that the documentation of Alloy recommends. The rest is for memory that the runtime of Go does not manage. */
const share = 0.9;

/**
 * The value of GOMEMLIMIT in bytes for the memory limit of a container: 90 %. Near it, the runtime collects garbage more often. Without it, the runtime
 * knows no limit, and the kernel ends the process although much of its memory is garbage: with malformed requests, Mimir used 1006 of 1024 MiB.
 *
 * @param limit a Kubernetes quantity, such as "1Gi", or a number of bytes.
 * @returns undefined without a limit, and for a text that is not a quantity, which Kubernetes rejects.
 */
export function goMemoryLimit(limit: unknown): string | undefined {
    const isQuantity = typeof limit === "string" || typeof limit === "number";
    const bytes = isQuantity ? quantityValue(String(limit)) : undefined;
    return bytes === undefined || bytes < 1 ? undefined : String(Math.floor(bytes * share));
}

/** GOMEMLIMIT for the resources in Helm values. Undefined without a memory limit. */
export function goMemoryLimitOf(values: HelmValues | null | undefined): string | undefined {
    return goMemoryLimit(values?.["resources"]?.limits?.memory);
}

/** The environment variables in Helm values with GOMEMLIMIT, unless the values set it already. Undefined without a memory limit. */
export function withGoMemoryLimit(values: HelmValues | undefined, key: string): HelmValues | undefined {
    const limit = goMemoryLimitOf(values);
    const variables = (values?.[key] ?? []) as { name: string }[];
    return limit === undefined || variables.some(({ name }) => name === goMemoryVariable)
        ? undefined
        : { [key]: [...variables, { name: goMemoryVariable, value: limit }] };
}
