import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

// Built files are committed, so that nobody needs Node to run the product; the names carry no hash, Django serves them.
export default defineConfig({
  plugins: [vue()],
  publicDir: false,
  resolve: { dedupe: ["marked", "dompurify"] },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false, __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false },
  build: {
    outDir: "../static/dashboard",
    emptyOutDir: false,
    target: "es2021",
    cssCodeSplit: false,
    rollupOptions: {
      input: "src/main.ts",
      output: { entryFileNames: "app.js", assetFileNames: "app[extname]", codeSplitting: false },
    },
  },
});
