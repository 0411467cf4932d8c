import * as fs from "fs";
import * as path from "path";

/** Writes a shell script that replaces a program. */
export function writeProgram(file: string, script: string): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
