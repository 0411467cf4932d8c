/** Help text of the option --context. */
export const contextHelp =
    "context of the kubeconfig (default: observability:kubeContext of the stack, or the current context)";

/** Help text of the option --verbose. */
export const verboseHelp = "if a setting is unknown, list all allowed keys";

/** Help text of the option --yes. */
export const yesHelp = "confirm all questions";
