import { InvalidArgumentError } from "commander";

/** Help text of the option --context. */
export const contextHelp =
    "context of the kubeconfig (default: observability:kubeContext of the stack, or the current context)";

/** Help text of the option --verbose. */
export const verboseHelp = "if a setting is unknown, list all allowed keys";

/** Help text of the option --prices. */
export const pricesHelp =
    "YAML or JSON file with the prices currency, cpuHour, memoryGibHour and storageGibHour (default: the default prices of OpenCost)";

/** Help text of the option --yes. */
export const yesHelp = "confirm all questions";

/** Parses the value of an option. @throws InvalidArgumentError if it is not a positive number. */
export function parseSeconds(text: string): number {
    const value = Number(text);
    if (!(value > 0)) {
        throw new InvalidArgumentError("The value must be a number of seconds greater than 0.");
    }
    return value;
}
