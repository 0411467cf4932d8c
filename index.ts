import * as pulumi from "@pulumi/pulumi";
import { clearTextWarnings } from "./settings/clear-text";
import { loadSettings } from "./settings/load";
import { warnings } from "./settings/warnings";
import { checkPreconditions } from "./stack/preconditions";
import { deploy } from "./stack/program";
import { shortenStackTraces } from "./stack/stack-traces";

/** The Pulumi program of a stack. */
export = async () => {
    shortenStackTraces();
    const settings = loadSettings();
    await checkPreconditions(settings);
    for (const warning of [...warnings(settings), ...clearTextWarnings(pulumi.getProject(), pulumi.getStack())]) {
        // Pulumi prints the warnings in order, and waits for them at the end of the program.
        void pulumi.log.warn(warning);
    }
    return deploy(settings);
};
