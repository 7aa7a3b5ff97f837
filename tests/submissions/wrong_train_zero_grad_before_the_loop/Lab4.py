# In[1]:
import torch
import torch.nn as nn


# In[2]: training, like in the tutorial video
def train(x=4.0, y=1.0, w=0.5, lr=0.01, n_epochs=20, device="cpu"):
    X = torch.tensor([x], device=device)
    Y = torch.tensor([y], device=device)
    weight = torch.tensor([w], requires_grad=True, device=device)
    criterion = nn.MSELoss()
    optimizer = torch.optim.SGD([weight], lr=lr)
    optimizer.zero_grad()
    loss_list = []
    for epoch in range(n_epochs):
        prediction = X * weight
        l = criterion(prediction, Y)
        l.backward()
        optimizer.step()
        loss_list.append(l.item())
        if epoch % 5 == 0:
            print(f"epoch {epoch + 1}: w = {weight.item():.3f}, loss = {l.item():.8f}")
    return weight.item(), loss_list


# In[3]:
print(train())
