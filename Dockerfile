# The image of web and worker: one wheel, built with the front end in it.
FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY locks locks
RUN pip install --no-cache-dir --require-hashes -r locks/uv.txt \
 && uv pip install --system --no-cache --require-hashes -r locks/build.txt
COPY . .
RUN uv build --wheel --no-build-isolation --out-dir /wheels

FROM python:3.13-slim-bookworm
WORKDIR /kfflow
COPY locks locks
RUN pip install --no-cache-dir --require-hashes -r locks/uv.txt \
 && uv pip install --system --no-cache --require-hashes -r locks/runtime.txt
COPY --from=build /wheels /wheels
RUN uv pip install --system --no-cache --no-deps /wheels/*.whl && rm -r /wheels \
 && useradd --system --home-dir /kfflow kfflow
COPY bpmn bpmn
COPY workflows workflows
USER kfflow
EXPOSE 8080
CMD ["gunicorn", "--bind", "0.0.0.0:8080", "--workers", "2", "--threads", "4", "--graceful-timeout", "25", "kfflow.wsgi:app()"]
