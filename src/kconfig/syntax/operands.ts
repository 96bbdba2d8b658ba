import type { Operand, Option, ParsedExpression, Statement } from './ast.ts';

type Visit = (operand: Operand) => void;

/** Visits every operand of the expressions and ranges in statements and in what is below them. */
export function eachOperand(statements: readonly Statement[], visit: Visit): void {
  const open = [statements];
  for (let list = open.pop(); list !== undefined; list = open.pop()) {
    for (const statement of list) {
      if ('options' in statement) for (const option of statement.options) ofOption(option, visit);
      if (statement.kind === 'if') ofExpression(statement.condition, visit);
      if ('body' in statement) open.push(statement.body);
    }
  }
}

function ofOption(option: Option, visit: Visit): void {
  if (option.kind === 'default') ofExpression(option.value, visit);
  if (option.kind === 'depends') ofExpression(option.on, visit);
  if (option.kind === 'range') [option.low, option.high].forEach(visit);
  if ('condition' in option) ofExpression(option.condition, visit);
}

function ofExpression(expression: ParsedExpression | null, visit: Visit): void {
  const open = expression === null ? [] : [expression];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'symbol') visit(at.operand);
    else if (at.kind === 'compare') [at.left, at.right].forEach(visit);
    else if (at.kind === 'not') open.push(at.operand);
    else open.push(at.right, at.left);
  }
}
