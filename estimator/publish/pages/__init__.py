"""The pages: each module makes the generated parts of some of them, from the facts."""
