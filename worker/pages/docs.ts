// The OpenAPI document as a page: server-rendered, without scripts and without another host. Knows
// the document's shape, and nothing of what the operations are.

import { html } from 'hono/html';
import type {
  OpenApiDocument,
  OperationObject,
  Parameter,
  ResponseObject,
  Schema,
} from '../openapi/document.ts';
import { document } from './document.ts';

/** Text with `code` in backticks, as in the document's descriptions. */
function prose(text: string) {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`));
}

/** What a value may be, in a few words. */
function kindOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(kindOf))].join(' | ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items ?? {})}`;
  return schema.type === 'string' ? 'text' : (schema.type ?? 'anything');
}

function defaultOf({ default: value }: Schema): string {
  if (value === undefined) return '';
  return `, by default ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}

function term(name: string, schema: Schema, required: boolean) {
  return html`<dt><code>${name}</code> <span class="quiet">${kindOf(schema)}${defaultOf(schema)}${required ? ', required' : ''}</span></dt>`;
}

function parameter({ name, description, schema, required }: Parameter) {
  return html`${term(name, schema, required)}<dd>${prose(description)}</dd>
`;
}

/** Properties, those of objects and of lists of objects among them by their dotted names. */
function properties(schema: Schema, prefix = ''): unknown[] {
  const object = [schema, ...(schema.anyOf ?? [])].find((each) => each.properties !== undefined);
  return Object.entries(object?.properties ?? {}).flatMap(([name, each]) => {
    const path = prefix + name;
    const required = object?.required?.includes(name) ?? false;
    const ofEach = each.items === undefined ? [] : properties(each.items, `${path}[].`);
    const inner = [...properties(each, `${path}.`), ...ofEach];
    const kind = inner.length > 0 && ofEach.length === 0 ? { type: 'object' } : each;
    return [
      html`${term(path, kind, required)}<dd>${prose(each.description ?? '')}</dd>
`,
      ...inner,
    ];
  });
}

function response([status, { description, headers = {}, content = {} }]: [string, ResponseObject]) {
  const told = Object.entries(headers).map(
    ([name, header]) => html`<br><code>${name}</code>: ${prose(header.description)}`,
  );
  return html`<dt><strong>${status}</strong> <span class="quiet">${Object.keys(content).join(', ')}</span></dt><dd>${prose(description)}${told}</dd>
`;
}

function body({ requestBody }: OperationObject) {
  return Object.entries(requestBody?.content ?? {}).map(
    ([mediaType, { schema, example }]) => html`<h3>Body: ${mediaType}</h3>
<dl>${properties(schema)}</dl>
<pre><code>${JSON.stringify(example, null, 2)}</code></pre>`,
  );
}

function operation(method: string, path: string, each: OperationObject) {
  const { operationId, summary, description, parameters = [], responses, security } = each;
  return html`<section aria-labelledby="${operationId}">
<h2 id="${operationId}">${summary}</h2>
<p><code>${method.toUpperCase()} ${path}</code></p>
<p>${prose(description)}</p>
${security === undefined ? '' : html`<p>Needs no credentials.</p>`}
${parameters.length === 0 ? '' : html`<h3>Parameters</h3><dl>${parameters.map(parameter)}</dl>`}
${body(each)}
<h3>Answers</h3>
<dl>${Object.entries(responses).map(response)}</dl>
</section>
`;
}

function shape([name, schema]: [string, Schema]) {
  return html`<section aria-labelledby="${name}">
<h2 id="${name}">${schema.title}</h2>
<p>${prose(schema.description ?? '')}</p>
<dl>${properties(schema)}</dl>
</section>
`;
}

export function docsPage({ info, paths, components }: OpenApiDocument, nonce: string | undefined) {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => ({ method, path, each })),
  );
  return document(
    `${info.title}: the API`,
    nonce,
    html`<h1>${info.title}: the API</h1>
<p>${prose(info.description)}</p>
<p>For programs: <a href="/openapi.json">this as OpenAPI</a>. For people: <a href="/">the reports</a>.</p>
<nav aria-label="Operations"><ul>
${operations.map(
  ({ method, path, each }) =>
    html`<li><a href="#${each.operationId}">${each.summary}</a> <code>${method.toUpperCase()} ${path}</code></li>
`,
)}</ul></nav>
<section aria-labelledby="signing-in">
<h2 id="signing-in">Signing in</h2>
<dl>${Object.entries(components.securitySchemes).map(
      ([name, { description }]) => html`<dt>${name}</dt><dd>${prose(description)}</dd>
`,
    )}</dl>
</section>
${operations.map(({ method, path, each }) => operation(method, path, each))}
${Object.entries(components.schemas).map(shape)}`,
  );
}
