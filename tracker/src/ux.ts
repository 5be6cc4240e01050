import { attempt } from './report.js';

interface Item {
  tag: string;
  props?: Record<string, unknown> | null;
  content?: unknown;
}

/**
 * Adds what the server wants to show to the page: widgets' elements and the scripts that bring them to life. Elements are
 * built, never parsed from text; attributes that hold code are left out; scripts carry the page's nonce for its content
 * security policy.
 */
export function show(items: unknown, nonce: string): void {
  if (!Array.isArray(items)) {
    return;
  }
  for (const item of items as (Item | null)[]) {
    if (item && typeof item.tag === 'string') {
      attempt(() => document.body.appendChild(build(item, nonce)), undefined);
    }
  }
}

function build({ tag, props, content }: Item, nonce: string): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value !== false && value !== null && value !== undefined && !holdsCode(name, value)) {
      write(element, name, value === true ? '' : String(value));
    }
  }
  if (content !== undefined && content !== null) {
    element.textContent = String(content);
  }
  if (nonce && /^(SCRIPT|STYLE|LINK)$/.test(element.tagName)) {
    element.setAttribute('nonce', nonce);
  }
  return element;
}

/** A policy without 'unsafe-inline' forbids style attributes, but not styles set through the object model. */
function write(element: HTMLElement, name: string, value: string): void {
  if (name === 'style') {
    element.style.cssText = value;
  } else {
    element.setAttribute(name, value);
  }
}

function holdsCode(name: string, value: unknown): boolean {
  return /^(on|srcdoc$)/i.test(name) || /^[\s\0-\x20]*javascript:/i.test(String(value));
}
