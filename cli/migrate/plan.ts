import type { Settings } from "../../settings/resolve";
import type { Cluster } from "../cluster/kubeconfig";
import type { Evaluation } from "../evaluate";
import type { OpenStack } from "../up/open-stack";
import type { Applied } from "./applied";
import type { MigrationRecord } from "./record";

/** The settings before and after a migration. */
export interface Change {
    /** Name of the stack. */
    stack: string;
    /** What the stack was deployed with. */
    applied: Applied;
    /** The settings in the stack file. */
    settings: Settings;
}

/** What a user must know before a migration. One sentence in each entry. */
export interface Description {
    /** What the plan does, in order. */
    does: string[];
    /** What is unavailable, and for how long. */
    unavailable: string[];
    needs: string[];
    /** How to return to the old settings after the last step, and what is lost then. */
    rollback: string[];
}

/** What a step of a plan can use. */
export interface StepContext extends Change {
    cluster: Cluster;
    evaluation: Evaluation;
    opened: OpenStack;
    record: MigrationRecord;
    options: MigrateOptions;
    /** Shows the progress of the step. */
    onProgress: (text: string) => void;
}

/** The options of the command that plans use. */
export interface MigrateOptions {
    yes?: boolean;
    /** Name of a Secret with keys of the new object store. */
    copySecret?: string;
}

/** A step. It can run again if it was interrupted. */
export interface Step {
    /** Identifies the step in the record. */
    id: string;
    title: string;
    /** A question that must be confirmed, because the step stops or deletes something. */
    question?: (change: Change) => string;
    /** What happens if the question is not confirmed: the migration ends with this sentence, and can be continued. */
    declined?: string;
    /** Whether the step shows its own progress, as a deployment does. */
    ownProgress?: boolean;
    run: (context: StepContext) => Promise<void>;
}

/** A migration of a deployed stack to other settings. */
export interface Plan {
    name: string;
    /** For the list of plans. */
    title: string;
    /** Why the plan does not fit the stack, as a clause after "the plan does not fit: ". Undefined if it fits. */
    misfit: (change: Change, options: MigrateOptions) => string | undefined;
    describe: (change: Change, options: MigrateOptions) => Description;
    /** Empty if the plan is a procedure that the user carries out: then `procedure` returns its commands. */
    steps: Step[];
    procedure?: (change: Change) => string[];
    /** The settings to commit, as they are in the stack file. Undefined values are settings to remove. */
    commit: (change: Change) => Record<string, unknown>;
    /** What remains for the user after the last step. */
    afterwards?: (change: Change) => string[];
    /**
     * Undoes what an interrupted run has stopped or created. Default: nothing, because the old settings can be deployed again.
     *
     * @throws Error if the plan has passed the point of no return.
     */
    abort?: (context: Omit<StepContext, "record">, done: string[]) => Promise<void>;
}
