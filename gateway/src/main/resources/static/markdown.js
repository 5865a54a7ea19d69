// Basic Markdown as DOM nodes. A model's text is only assigned to textContent, so it cannot become markup or script.

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/;
const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*([^\s*][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/;

/** Shows text in an element; called again with a longer text, it replaces only the blocks that changed. */
export function show(element, text) {
  const blocks = split(text);
  const known = element.blocks ?? [];
  blocks.forEach((block, i) => {
    if (known[i] === block) return;
    const node = render(block);
    element.children[i] ? element.children[i].replaceWith(node) : element.append(node);
  });
  while (element.children.length > blocks.length) element.lastChild.remove();
  element.blocks = blocks;
}

/** Cuts at blank lines, headings and code fences. */
function split(text) {
  const blocks = [];
  let lines = [];
  let fence = null;
  const flush = () => {
    if (lines.length) blocks.push(lines.join('\n'));
    lines = [];
  };
  for (const line of text.split('\n')) {
    const mark = line.match(FENCE)?.[1];
    if (fence) {
      lines.push(line);
      if (mark?.startsWith(fence) && line.trim() === mark) {
        flush();
        fence = null;
      }
    } else if (mark) {
      flush();
      fence = mark;
      lines.push(line);
    } else if (line.trim() === '') {
      flush();
    } else if (/^#{1,6} /.test(line)) {
      flush();
      lines.push(line);
      flush();
    } else {
      lines.push(line);
    }
  }
  flush();
  return blocks;
}

function render(block) {
  const lines = block.split('\n');
  const fence = lines[0].match(FENCE);
  if (fence) {
    const closed = lines.length > 1 && lines.at(-1).trim().startsWith(fence[1]);
    const pre = node('pre', node('code', lines.slice(1, closed ? -1 : undefined).join('\n')));
    if (fence[2]) pre.dataset.language = fence[2];
    return pre;
  }
  const heading = block.match(/^(#{1,6}) +(.*)/);
  if (heading) return node(`h${Math.min(6, heading[1].length + 1)}`, ...inline(heading[2]));
  for (const [tag, item] of [['ul', /^\s*[-*+] +/], ['ol', /^\s*\d+[.)] +/]]) {
    if (lines.every(line => item.test(line) || /^\s{2,}/.test(line)) && item.test(lines[0])) {
      return node(tag, ...lines.map(line => node('li', ...inline(line.replace(item, '')))));
    }
  }
  if (lines.length > 1 && /^\|?[\s:|-]*-[\s:|-]*\|[\s:|-]*$/.test(lines[1])) return table(lines);
  if (lines.every(line => line.startsWith('>'))) {
    return node('blockquote', ...inline(lines.map(line => line.replace(/^> ?/, '')).join('\n')));
  }
  return node('p', ...inline(block));
}

function table([head, , ...rows]) {
  const row = (line, tag) =>
    node('tr', ...line.trim().replace(/^\||\|$/g, '').split('|').map(cell => node(tag, ...inline(cell.trim()))));
  return node('table', node('thead', row(head, 'th')), node('tbody', ...rows.map(line => row(line, 'td'))));
}

function inline(text) {
  const found = text.match(INLINE);
  if (!found) return text ? [text] : [];
  const [all, , code, strong, emphasis, label, address] = found;
  let marked;
  if (code) marked = node('code', code);
  else if (strong) marked = node('strong', ...inline(strong));
  else if (emphasis) marked = node('em', ...inline(emphasis));
  else {
    marked = node('a', label);
    marked.href = address;
    marked.rel = 'noopener noreferrer';
    marked.target = '_blank';
  }
  return [text.slice(0, found.index), marked, ...inline(text.slice(found.index + all.length))];
}

function node(tag, ...content) {
  const element = document.createElement(tag);
  element.append(...content);
  return element;
}
