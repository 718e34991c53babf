"""What axe finds wrong with a page as it stands, in any engine."""

from tests.conftest import ROOT

# Inside a function: under the policy no script can be added to the page.
LOAD = (
    f"if (!window.axe) {{ {(ROOT / 'node_modules' / 'axe-core' / 'axe.min.js').read_text('utf-8')};"
    " window.axe = axe; }"
)
# What passes isn't told, which takes half the time.
FOUND = """axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`)))"""
