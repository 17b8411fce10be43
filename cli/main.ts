#!/usr/bin/env node
console.error('error: no command yet');
process.exitCode = 1;
