import { z } from "zod";
import { readYamlMap } from "../../components/helm/yaml";

/** Prices for the cost estimate. */
export interface Prices {
    /** Text before an amount, such as "$" or "EUR ". */
    currency: string;
    /** Price of one core for an hour. */
    cpuHour: number;
    /** Price of one GiB of memory for an hour. */
    memoryGibHour: number;
    /** Price of one GiB of storage for an hour. */
    storageGibHour: number;
    /** Where the prices come from, for the comment. */
    source: string;
}

/** Hours of an average month. */
const hoursPerMonth = 730;

/**
 * List prices for nodes and disks on demand. Source: the file configs/default.json of OpenCost ("Default prices based on GCP us-central1"), keys CPU, RAM
 * and storage, at commit 5f6533303e3850c8635796a74bb22802d16e9090 of 2024-10-25, read on 2026-11-28.
 */
export const defaultPrices: Prices = {
    currency: "$",
    cpuHour: 0.031611,
    memoryGibHour: 0.004237,
    storageGibHour: 0.00005479452,
    source: "default prices of OpenCost, based on GCP us-central1, of 2024-10-25",
};

const price = z.number().min(0);

const pricesSchema = z.strictObject({
    currency: z.string(),
    cpuHour: price,
    memoryGibHour: price,
    storageGibHour: price,
    source: z.string().optional(),
});

/**
 * Reads prices from a YAML or JSON file with the keys currency, cpuHour, memoryGibHour and storageGibHour, and optionally source.
 *
 * @throws Error with the key that is wrong.
 */
export function readPrices(file: string): Prices {
    const parsed = pricesSchema.safeParse(readYamlMap(file));
    if (parsed.success) {
        return { ...parsed.data, source: parsed.data.source ?? `prices in ${file}` };
    }
    const { path = [], message } = parsed.error.issues[0] ?? { message: "it is invalid" };
    throw new Error(
        `the prices in ${file} are wrong: ${path.length > 0 ? `${path.join(".")}: ` : ""}${message}; ` +
            `the file must contain currency, cpuHour, memoryGibHour and storageGibHour`,
    );
}

/** The price of resources for an average month of 730 hours. CPU in cores, memory and storage in bytes. */
export function costPerMonth(
    { cpu, memory, storage }: { cpu: number; memory: number; storage: number },
    { cpuHour, memoryGibHour, storageGibHour }: Prices,
): number {
    const hour = cpu * cpuHour + (memory / 2 ** 30) * memoryGibHour + (storage / 2 ** 30) * storageGibHour;
    return hour * hoursPerMonth;
}
