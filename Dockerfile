# A server of Stepwell. Built from a clone: docker build -t stepwell .
FROM node:22-slim AS build
WORKDIR /stepwell
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:22-slim
WORKDIR /stepwell
ENV NODE_ENV=production
COPY --from=build /stepwell/package.json ./
COPY --from=build /stepwell/node_modules ./node_modules
COPY --from=build /stepwell/dist ./dist
USER node
EXPOSE 8083
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["start"]
