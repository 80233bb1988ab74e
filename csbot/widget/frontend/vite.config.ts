import { defineConfig } from "vite";

// Built files are committed, so that nobody needs Node to run the product; the names carry no hash, Django serves them.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../static/widget",
    emptyOutDir: false,
    target: "es2021",
    cssCodeSplit: false,
    rollupOptions: {
      input: "src/app.ts",
      output: { entryFileNames: "app.js", assetFileNames: "app[extname]", codeSplitting: false },
    },
  },
});
