// What Datasette's own pages leave unsaid to screen readers. The pages work without it.
(() => {
  "use strict";
  const named = {
    'select[name="_filter_column"]': "Column to filter by",
    'select[name^="_filter_column_"]': "Column to filter by",
    'select[name="_filter_op"], select[name^="_filter_op_"]': "Comparison",
    ".filter-value": "Value",
    "a.cross": "Remove",
    'select[name="_sort"], #sort_by': "Sort by",
    ".cm-content, .CodeMirror textarea": "SQL query",
  };
  const name = () => {
    document.documentElement.lang ||= "en";
    for (const [which, label] of Object.entries(named)) {
      document.querySelectorAll(which).forEach((field) => field.hasAttribute("aria-label") || field.setAttribute("aria-label", label));
    }
  };
  addEventListener("DOMContentLoaded", name);
  addEventListener("load", () => setTimeout(name)); // the editor of SQL comes later
})();
