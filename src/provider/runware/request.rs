//! Bodies: always a list of tasks.

use crate::json::Value;

use crate::codec::object;
use crate::handle::Handle;
use crate::provider::Request;

fn post(tasks: Value) -> Request {
    Request {
        path: String::new(),
        body: Some(tasks),
        extra_timeout_ms: 0,
        send_now_or_fail: false,
        batchable: false,
    }
}

/// The taskUUID is the handle's id, chosen before anything is sent: it finds the job again, and a
/// second submit of it is rejected while the first one runs (`conflictTaskUUID`, Runware's SDK).
pub(in crate::provider) fn submit(handle: &Handle, body: &Value) -> Request {
    let mut task = body.clone();
    if let Some(task) = task.as_object_mut() {
        task.insert("taskType".to_owned(), "videoInference".into());
        task.insert("taskUUID".to_owned(), handle.id.as_str().into());
        task.insert("model".to_owned(), handle.provider_model_id.as_str().into());
    }
    post(Value::Array(vec![task]))
}

/// Several polls can be merged in one list ("Task polling").
pub(in crate::provider) fn poll(handle: &Handle) -> Request {
    Request { batchable: true, ..post(poll_task("getResponse", handle)) }
}

pub(in crate::provider) fn details(handle: &Handle) -> Request {
    post(poll_task("getTaskDetails", handle))
}

fn poll_task(task: &str, handle: &Handle) -> Value {
    Value::Array(vec![object! { "taskType" => task.into(), "taskUUID": handle.id }])
}
