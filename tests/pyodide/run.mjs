// Runs Python text in the built runtime, on the cut library: node run.mjs RUNTIME_FOLDER PYTHON_FILE <input
import "../../estimator/publish/node.mjs";
