/** The values that the Go templates of a chart use. A place is a path below .Values. */
export interface TemplateUses {
    /** Places that are read. */
    read: string[][];
    /** Places that are passed to another template, which can read any key below them. */
    passed: string[][];
    /** Places that are printed or iterated as a whole, so that any key below them has an effect. */
    whole: string[][];
    /** Names of all fields that templates read, in any map. */
    names: Set<string>;
}

/** The value of "." or of a variable: a place below .Values, the root context, or something else. */
type Context = string[] | "root" | undefined;

const wholeFunctions = /(?<![$.\w])(toYaml|toJson|toPrettyJson|toToml|tpl|range|omit|pick|keys|values|concat|kindIs)\b/;
const mergeFunctions = /(?<![$.\w])(merge|mergeOverwrite|mustMerge|mustMergeOverwrite|deepCopy|mustDeepCopy)\b/;
// The result is usually the first map. Later actions read it through the variable.
const merging =
    /^(\$\w+)\s*:?=\s*\(?\s*(?:set|mustMergeOverwrite|mergeOverwrite|mustMerge|merge|mustDeepCopy|deepCopy|default|or)\b/;
const passing = /\b(include|template|dict|list|set)\b/;

/** Finds the values that the actions of templates use. */
export function templateUses(templates: string[]): TemplateUses {
    const uses: TemplateUses = { read: [], passed: [], whole: [], names: new Set() };
    for (const template of templates) {
        readTemplate(template, uses);
    }
    return uses;
}

function readTemplate(template: string, uses: TemplateUses): void {
    const frames: Context[] = ["root"];
    const variables = new Map<string, Context>();
    const context = () => frames.at(-1);
    for (const [, action = ""] of template.matchAll(/\{\{-?\s*([\s\S]*?)\s*-?\}\}/g)) {
        if (action.startsWith("/*")) {
            continue;
        }
        const [keyword = ""] = /^\w+/.exec(action) ?? [];
        if (keyword === "end") {
            frames.pop();
            continue;
        }
        const places = placesOf(action, context(), variables, uses);
        const [, merged] = merging.exec(action) ?? [];
        if (merged === undefined) {
            record(action, keyword, places, uses);
        } else {
            uses.read.push(...places);
            uses.passed.push(...places);
            variables.set(merged, places[0]);
        }
        const assigned = /^(?:(?:with|if|range)\s+)?(\$\w+)\s*:?=\s*(?!.*\|)\(?([$.][\w.$]*)\)?\s*$/.exec(action);
        if (assigned?.[1] !== undefined) {
            variables.set(assigned[1], resolve(assigned[2] ?? "", context(), variables));
        }
        switch (keyword) {
            case "if":
            case "block":
                frames.push(context());
                break;
            case "define":
                frames.push("root");
                break;
            case "range":
                frames.push(undefined);
                break;
            case "with":
                frames.push(operandOf(action, context(), variables, places));
                break;
            case "else":
                if (/^else\s+with\b/.test(action)) {
                    frames[frames.length - 1] = operandOf(action, frames.at(-2), variables, places);
                }
                break;
        }
    }
}

/** Returns the context inside of a "with" block. */
function operandOf(action: string, dot: Context, variables: Map<string, Context>, places: string[][]): Context {
    const [, operand] = /^(?:else\s+)?with\s+(?:\$\w+\s*:=\s*)?([$.][\w.$]*)$/.exec(action) ?? [];
    return operand === undefined ? (places.length === 1 ? places[0] : undefined) : resolve(operand, dot, variables);
}

function placesOf(action: string, dot: Context, variables: Map<string, Context>, uses: TemplateUses): string[][] {
    const code = action.replace(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '""');
    const found: string[][] = [];
    for (const [reference] of code.matchAll(/(?<![\w)])(?:\$\w*)?(?:\.\w+)+|(?<![\w.)$])\.(?![\w.])|\$\w+/g)) {
        [...reference.matchAll(/\.(\w+)/g)].forEach(([, name]) => uses.names.add(name ?? ""));
        const place = resolve(reference, dot, variables);
        if (Array.isArray(place) && place.length > 0) {
            found.push(place);
        }
    }
    // index .Values "key" and dig "a" "b" default .Values.c read keys by name.
    for (const [, name] of action.matchAll(/"([A-Za-z_]\w*)"/g)) {
        uses.names.add(name ?? "");
    }
    for (const [, names = "", reference = ""] of action.matchAll(/\bdig((?:\s+"[^"]*")+)\s+([$.][\w.$]*)/g)) {
        const place = resolve(reference, dot, variables);
        if (Array.isArray(place)) {
            // The last argument is the default.
            found.push([...place, ...[...names.matchAll(/"([^"]*)"/g)].map(([, name]) => name ?? "").slice(0, -1)]);
        }
    }
    for (const [, reference = "", names = ""] of action.matchAll(/\bindex\s+([$.][\w.$]*)((?:\s+"[^"]+")+)/g)) {
        const place = resolve(reference, dot, variables);
        if (Array.isArray(place)) {
            found.push([...place, ...[...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? "")]);
        }
    }
    return found;
}

function resolve(reference: string, dot: Context, variables: Map<string, Context>): Context {
    const [, variable, fields = ""] = /^(\$\w*)?(.*)$/.exec(reference) ?? [];
    const start = variable === undefined ? dot : variable === "$" ? "root" : variables.get(variable);
    const names = [...fields.matchAll(/\.(\w+)/g)].map(([, name]) => name ?? "");
    if (start === "root") {
        return names.length === 0 ? "root" : names[0] === "Values" ? names.slice(1) : undefined;
    }
    return start === undefined ? undefined : [...start, ...names];
}

function record(action: string, keyword: string, places: string[][], uses: TemplateUses): void {
    uses.read.push(...places);
    // A merged map that is passed to another template is read there.
    const isPassed = passing.test(action);
    if (keyword === "range" || wholeFunctions.test(action) || (mergeFunctions.test(action) && !isPassed)) {
        uses.whole.push(...places);
    } else if (isPassed) {
        uses.passed.push(...places);
    }
}
